/**
 * Reads vitest's JSON report and prints its counts; the last line is `N passed, N failed`. Exits with 1 when anything
 * failed, was left out, or could not be loaded, or when there is nothing to count.
 */
import { existsSync, readFileSync } from 'node:fs';

export interface VitestReport {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

export interface Counts {
  readonly lines: readonly string[];
  readonly good: boolean;
}

export function countsOf(report: VitestReport): Counts {
  // A file that cannot be loaded has no test that could fail.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const left = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + unloaded.length;
  return {
    lines: [
      ...unloaded.map(({ name }) => `could not be loaded: ${name}`),
      `${report.testResults.length} files, ${report.numTotalTests} tests, ${left} left out`,
      `${report.numPassedTests} passed, ${failed} failed`,
    ],
    good: report.success && failed === 0 && left === 0 && report.numPassedTests > 0,
  };
}

if (import.meta.main) {
  const file = process.argv[2] ?? '';
  const counts: Counts = existsSync(file)
    ? countsOf(JSON.parse(readFileSync(file, 'utf8')) as VitestReport)
    : { lines: [`the test runner left no report at ${file}`, '0 passed, 1 failed'], good: false };
  process.stdout.write(`${counts.lines.join('\n')}\n`);
  process.exitCode = counts.good ? 0 : 1;
}
