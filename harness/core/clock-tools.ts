/** The tools that skew the clock of a real process. */
export const CLOCK_TOOLS = ['libfaketime', 'shim', 'vdso'] as const;
