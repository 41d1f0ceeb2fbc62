/** The pipeline as a module for the command line: `tutti start examples/daily-sales/daily-sales.ts`. */
import type { Pipeline } from 'tutti';
import { dailySalesIn, type DailySales } from './pipeline.ts';

/** Everything lies below `DAILY_SALES_DIRECTORY`; default `.tutti/daily-sales`. */
export const dailySales: Pipeline<{ day: string }, DailySales> = dailySalesIn(
  process.env['DAILY_SALES_DIRECTORY'] ?? '.tutti/daily-sales',
);
