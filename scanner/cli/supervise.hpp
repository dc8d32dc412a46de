// supervise.hpp - how this program ends while a mount does not answer.
//
// A thread that waits in the kernel for a file system may be beyond any signal, and its process
// ends with its last thread. So where such a mount may be entered, a process of its own does the
// work, and the one that was started waits for its word rather than for its end.
#pragma once

#include "scanner/cli/options.hpp"

namespace nhi {

/// Takes --io-timeout. Errors: kBadUse.
[[nodiscard]] Result<void> set_io_timeout(const Options& options);

/// Whether this command may enter a mount that can stop answering.
[[nodiscard]] bool needs_supervision(const Options& options);

/// Returns in the new process. The old one hands on signals, ends as the new one does, and never
/// returns. Before any thread is made. Where no process is to be had, returns in this one.
void go_on_supervised();

/// Does not return if threads were left behind in calls that do not come back: the process then
/// ends with `status`, its standard streams flushed and closed, without waiting for them.
void end_without_waiting(int status);

}  // namespace nhi
