/** Where the code below the command layer says what it does; the command layer decides what a person sees of it. */
export interface Log {
  /** What a person waits for: "building the payload", about how long. */
  progress(message: string): void;
  /** What only `-v` shows. */
  debug(message: string): void;
  /** What a person should know even with `-q`. */
  warn(message: string): void;
}
