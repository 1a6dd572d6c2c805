#!/usr/bin/env node
/** The program `tare`. It loads as little as it can: each command's own modules come with its action. */
import { setFlagsFromString } from 'node:v8';
import { withSystemFolders } from '../runners/machine/programs.ts';
import { runProgram } from './cli/program.ts';

// V8 frees the buffers that went through a stream when its nursery is full; kept at its first size, that is soon enough:
// 111 MiB instead of 156 while the images of Tomcat are packed.
setFlagsFromString('--semi-space-growth-factor=1');

// It collects the rest when the heap has grown by so much since the last time, and otherwise waits for several times as much.
setFlagsFromString('--heap-growing-percent=50');

// A reader that has seen enough (`tare list … | head -1`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.env['PATH'] = withSystemFolders(process.env['PATH']);

process.exitCode = await runProgram(process.argv.slice(2));
