/** Comments, as far as a line tells; what is cut off too much is found when the step is issued. */
const comments = /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g;
/** The name of the first parameter of a function or method, arrow or not. */
const firstParameter = /^(?:async\b\s*)?(?:function\b\s*\*?\s*)?(?:[\w$]+\s*(?=\())?\(?\s*([A-Za-z_$][\w$]*)/;
/** An empty text, or a function where the name belongs. */
const noName = String.raw`(?:''|""|\`\`|async\b|function\b|\([^()]*\)\s*=>|[A-Za-z_$][\w$]*\s*=>)`;

/**
 * The first call of `step` on the context that plainly has no name, as it stands in the source of the code; null if there is none.
 * Code is no data: a name that is computed is checked when the step is issued.
 */
export function findUnnamedStep(code: (...parameters: never[]) => unknown): string | null {
  const source = code.toString().replace(comments, '');
  const context = firstParameter.exec(source)?.[1];
  if (context === undefined) return null;
  const call = new RegExp(
    String.raw`(?<![\w$.])${context.replaceAll('$', String.raw`\$`)}\.step\(\s*${noName}`,
  );
  return call.exec(source)?.[0].replaceAll(/\s+/g, ' ') ?? null;
}
