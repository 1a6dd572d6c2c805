/**
 * Writes an executable file for Linux on x86-64 that makes a list of system calls, one after the other, and nothing else.
 * The calling convention is that of syscall(2), the format that of elf(5).
 */

export interface SystemCall {
  /** By its name, or by its number where nothing here needs it by name. */
  call: keyof typeof callNumbers | number;
  arguments: readonly Argument[];
  /** What to say when the call fails, which ends the program; null: a failure does not matter. */
  complaint: string | null;
}

/** Text is passed as the address of its bytes and a NUL, a list as the address of such addresses and a NULL. */
export type Argument = number | string | Buffer | readonly string[];

/** linux/arch/x86/entry/syscalls/syscall_64.tbl */
const callNumbers = {
  write: 1,
  open: 2,
  close: 3,
  rt_sigaction: 13,
  rt_sigprocmask: 14,
  dup: 32,
  execve: 59,
  chdir: 80,
  rmdir: 84,
  unlink: 87,
  fchmod: 91,
  umask: 95,
  setsid: 112,
  setgroups: 116,
  setresuid: 117,
  setresgid: 119,
  capset: 126,
  prctl: 157,
  setrlimit: 160,
  chroot: 161,
  mount: 165,
  umount2: 166,
  exit_group: 231,
  close_range: 436,
};

/**
 * @param complainTo descriptor to which `COMPLAINT ERRNO` and a line feed are written. The program then ends with 127
 *   for ENOENT, and with 126 for any other error.
 */
export function systemCalls(calls: readonly SystemCall[], complainTo: number): Buffer {
  const data = new DataSegment();
  const code = new CodeSegment();
  const errnoTexts = data.addressOf(Buffer.from(allErrnoTexts));
  const make = (call: SystemCall['call'], given: readonly Argument[]): void => {
    given.forEach((argument, index) => {
      code.load(index, typeof argument === 'number' ? argument : data.addressOf(argument));
    });
    code.call(typeof call === 'number' ? call : callNumbers[call]);
  };
  const failures = calls.flatMap(({ call, arguments: given, complaint }) => {
    make(call, given);
    return complaint === null ? [] : [{ complaint, jump: code.jumpIfFailed() }];
  });
  for (const { complaint, jump } of failures) {
    code.land(jump);
    code.emit(errnoToEbx);
    make('write', [complainTo, `${complaint} `, complaint.length + 1]);
    code.load(0, complainTo);
    code.load(1, errnoTexts);
    code.load(2, errnoTextBytes);
    code.emit(addFourTimesRbxToRsi);
    code.call(callNumbers.write);
    code.emit(exitCodeToEdi);
    code.call(callNumbers.exit_group);
  }
  return executable(data.bytes(), code.bytes());
}

const errnoTextBytes = 4;
/** EHWPOISON, linux/errno.h. */
const highestErrno = 133;
/** Four characters for each number of an error, so that the number is the index. */
const allErrnoTexts = Array.from(
  { length: highestErrno + 1 },
  (_, errno) => `${String(errno).padStart(errnoTextBytes - 1, '0')}\n`,
).join('');

/** Instructions, as Intel's manual encodes them (volume 2). */
const moveToRegister = [
  [0x48, 0xbf], // rdi
  [0x48, 0xbe], // rsi
  [0x48, 0xba], // rdx
  [0x49, 0xba], // r10
  [0x49, 0xb8], // r8
] as const;
const moveToEax = 0xb8;
const syscall = [0x0f, 0x05];
/** test rax, rax; js, over a distance of four bytes. */
const testAndJumpIfNegative = [0x48, 0x85, 0xc0, 0x0f, 0x88];
/** neg eax; mov ebx, eax */
const errnoToEbx = [0xf7, 0xd8, 0x89, 0xc3];
/** lea rsi, [rsi + rbx * 4] */
const addFourTimesRbxToRsi = [0x48, 0x8d, 0x34, 0x9e];
/** xor edi, edi; cmp ebx, 2; sete dil; add edi, 126 */
const exitCodeToEdi = [0x31, 0xff, 0x83, 0xfb, 0x02, 0x40, 0x0f, 0x94, 0xc7, 0x83, 0xc7, 0x7e];

class CodeSegment {
  readonly #bytes: number[] = [];

  load(argument: number, value: number): void {
    const move = moveToRegister[argument];
    if (move === undefined)
      throw new Error(`a system call with more than ${moveToRegister.length} arguments`);
    this.emit(move);
    this.emit(littleEndian(value, 8));
  }

  call(number: number): void {
    this.emit([moveToEax, ...littleEndian(number, 4)]);
    this.emit(syscall);
  }

  /** @returns the jump, to be landed */
  jumpIfFailed(): number {
    this.emit(testAndJumpIfNegative);
    this.emit([0, 0, 0, 0]);
    return this.#bytes.length;
  }

  /** Makes a jump come here. */
  land(jump: number): void {
    littleEndian(this.#bytes.length - jump, 4).forEach((byte, index) => {
      this.#bytes[jump - 4 + index] = byte;
    });
  }

  emit(bytes: readonly number[]): void {
    this.#bytes.push(...bytes);
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

const headerBytes = 64 + 56;
const loadAddress = 0x400000;

/** It lies before the code, so that the address of everything is known as soon as it is added. */
class DataSegment {
  readonly #parts: Buffer[] = [];
  #size = 0;

  addressOf(argument: Exclude<Argument, number>): number {
    if (Buffer.isBuffer(argument)) return this.#add(argument);
    if (typeof argument === 'string') return this.#add(terminated(argument));
    const pointers = [...argument.map((text) => this.#add(terminated(text))), 0];
    return this.#add(Buffer.from(pointers.flatMap((pointer) => littleEndian(pointer, 8))));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(bytes: Buffer): number {
    const address = loadAddress + headerBytes + this.#size;
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return address;
  }
}

function terminated(text: string): Buffer {
  if (text.includes('\0')) {
    throw new Error(`text with a NUL byte cannot be passed to a program: ${JSON.stringify(text)}`);
  }
  return Buffer.from(`${text}\0`);
}

/** An ELF file with one segment, which is the whole file. */
function executable(data: Buffer, code: Buffer): Buffer {
  const fileBytes = headerBytes + data.length + code.length;
  const [is64bit, isLittleEndian, version, isExecutable, x86] = [2, 1, 1, 2, 62];
  const header = [
    ...[0x7f, ...Buffer.from('ELF'), is64bit, isLittleEndian, version, ...littleEndian(0, 9)],
    ...[...littleEndian(isExecutable, 2), ...littleEndian(x86, 2), ...littleEndian(version, 4)],
    ...littleEndian(loadAddress + headerBytes + data.length, 8), // entry point
    ...[...littleEndian(64, 8), ...littleEndian(0, 8)], // where program and section headers are
    ...[...littleEndian(0, 4), ...littleEndian(64, 2)], // flags, size of this header
    ...[...littleEndian(56, 2), ...littleEndian(1, 2)], // size and number of program headers
    ...littleEndian(0, 6), // sections: none
  ];
  const [load, readable, executes] = [1, 4, 1];
  const segment = [
    ...[...littleEndian(load, 4), ...littleEndian(readable | executes, 4)],
    ...[0, loadAddress, loadAddress, fileBytes, fileBytes, 0x1000].flatMap((each) => littleEndian(each, 8)),
  ];
  return Buffer.concat([Buffer.from([...header, ...segment]), data, code]);
}

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
}
