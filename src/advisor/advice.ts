/** What {@link advise} answers. Published as a JSON Schema in advice-schema.ts; both change together. */
import type { Person, Preference } from './answer-sheet.ts';
import type { Confidence } from './confidence.ts';
import type { Contradiction } from './contradictions.ts';
import type { Contribution, DimensionSum } from './contributions.ts';
import type { Cost } from './cost.ts';
import type { CriticalWeight } from './critical-weights.ts';
import type { Exclusion } from './exclusions.ts';
import type { Flip } from './flips.ts';
import type { Limits } from './limits.ts';
import type { Disagreement } from './merge-sheets.ts';
import type { MigrationPhase } from './migration.ts';
import type { Mistake } from './mistakes.ts';
import type { MixItem } from './mix.ts';
import type { OpenQuestion } from './open-questions.ts';
import type { Paradigm, PerParadigm } from './paradigm.ts';
import type { Risk } from './risks.ts';
import type { Score } from './score.ts';
import type { Simulation } from './simulate.ts';
import type { SkillGap } from './skill-gaps.ts';
import type { WhyNot } from './why-not.ts';

/** The name of a starter project. */
export type StarterTemplate = 'pipeline' | 'events' | 'workflow' | 'mixed';

/** The paradigm to choose. */
export interface Recommendation {
  /** `none` when all are excluded or nothing that counts is answered. */
  readonly paradigm: Paradigm | 'none';
  /** 0 to 100, with one decimal; 0 for `none`. */
  readonly fit: number;
  readonly confidence: Confidence;
  /** One sentence. */
  readonly why: string;
}

/** The second best of those not excluded. */
export interface RunnerUp {
  readonly paradigm: Paradigm;
  readonly fit: number;
  /** Points of fit behind the recommended one. */
  readonly behind: number;
}

/** Weights in use. */
export interface WeightsInUse {
  readonly source: 'default' | 'yours';
  readonly changed: readonly {
    readonly question: string;
    readonly default: number;
    readonly yours: number;
  }[];
  /** What the default weights give. */
  readonly byDefault: { readonly paradigm: Paradigm | 'none'; readonly fits: PerParadigm<number> };
}

/** The architecture decision record in MADR 4 form. */
export interface DecisionRecordFile {
  readonly fileName: string;
  readonly markdown: string;
}

/** The whole advice. The same sheet, options and day give the same bytes. */
export interface Advice {
  readonly format: 'tutti.advice/1';
  readonly tableVersion: string;
  readonly decidedOn: string;
  /** When to look at the choice again. */
  readonly reviewOn: string;
  readonly answersHash: string;
  readonly answers: Readonly<Record<string, string | readonly string[]>>;
  readonly people: readonly Person[];
  readonly preference: Preference | null;
  readonly recommendation: Recommendation;
  /** With one decimal. Also of excluded paradigms. */
  readonly fits: PerParadigm<number>;
  readonly scores: PerParadigm<Score>;
  readonly excluded: readonly Exclusion[];
  readonly runnerUp: RunnerUp | null;
  readonly whyNot: readonly WhyNot[];
  /** Whom the leads in `contributions` are over: the runner-up, or the best of the excluded. */
  readonly comparedWith: Paradigm | null;
  readonly contributions: readonly Contribution[];
  readonly dimensions: readonly DimensionSum[];
  readonly flips: readonly Flip[];
  readonly criticalWeights: readonly CriticalWeight[];
  readonly robustness: Simulation;
  /** Share of all weight that is answered, 0 to 1. */
  readonly answeredShare: number;
  readonly openQuestions: readonly OpenQuestion[];
  readonly weights: WeightsInUse;
  readonly limits: Limits;
  readonly contradictions: readonly Contradiction[];
  /** Where merged sheets differ; empty for a single sheet. */
  readonly disagreements: readonly Disagreement[];
  readonly mixingRule: string;
  readonly mix: readonly MixItem[];
  readonly risks: readonly Risk[];
  readonly mistakes: readonly Mistake[];
  readonly skillGaps: readonly SkillGap[];
  /** Null when nothing is recommended. */
  readonly cost: Cost | null;
  /** What to do before deciding, when the confidence is low. */
  readonly nextStep: string | null;
  readonly migration: readonly MigrationPhase[];
  readonly starter: { readonly template: StarterTemplate; readonly command: string } | null;
  readonly adr: DecisionRecordFile;
}
