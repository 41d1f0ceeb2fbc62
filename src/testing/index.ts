/** The test kit, published as `tutti/testing`. */
export { seededRandom } from '../base/random.ts';
