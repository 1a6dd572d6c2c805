/** Names of a platform's further arms; a platform's id may have 32 characters. */
export function arms(id: string): { again: string; slow: string } {
  const short = id.slice(0, 26);
  return { again: `${short}-again`, slow: `${short}-slow` };
}
