/** The one place that names the validation library. */
export { z } from 'zod';
