#pragma once

namespace chela::sidecar {

/// Makes this process a hard place to read secrets from: no core files, not traceable by others of
/// the same user, private files by default (umask 077), and a vanished peer or a file that may not
/// grow is an error code instead of a signal. Called once, first thing in main(). A system that
/// refuses any of these aborts: nothing safe can follow.
void harden_process();

/// Lets all threads share two heaps. glibc gives each processor eight, and what was freed stays
/// with the heap that it came from: with some twenty threads that do little, most of the memory of
/// a process. Called before threads begin.
void share_heaps();

}  // namespace chela::sidecar
