#pragma once

namespace chela::sidecar {

/// Makes this process a hard place to read secrets from: no core files, not traceable by others of
/// the same user, private files by default (umask 077), and a vanished peer or a file that may not
/// grow is an error code instead of a signal. Called once, first thing in main(). A system that
/// refuses any of these aborts: nothing safe can follow.
void harden_process();

}  // namespace chela::sidecar
