#include "scanner/cli/supervise.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace nhi {
namespace {

// Runs `body` supervised in a process of its own; the status of waitpid(2).
int supervised(const std::function<void()>& body, int signal = 0) {
  int ready[2];
  EXPECT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    go_on_supervised();
    static_cast<void>(!::write(ready[1], "r", 1));
    body();
    ::_exit(99);
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  if (signal != 0) ::kill(child, signal);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  ::close(ready[0]);
  ::close(ready[1]);
  return status;
}

TEST(Supervise, EndsAsTheOtherEnds) {
  const int status = supervised([] { ::_exit(3); });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

TEST(Supervise, EndsByTheSignalThatEndedTheOther) {
  const int status = supervised([] { ::raise(SIGKILL); });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(Supervise, HandsSignalsOn) {
  const int status = supervised([] { ::pause(); }, SIGTERM);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

TEST(Supervise, IsNotNeededForLocalPaths) {
  Options options;
  options.command = Command::kScan;
  options.paths = {"/etc", "-"};
  EXPECT_FALSE(needs_supervision(options));
  options.command = Command::kReport;
  EXPECT_FALSE(needs_supervision(options));
}

TEST(Supervise, LetsAProcessEndInTheOrdinaryWayIfNothingHangs) {
  end_without_waiting(7);
  SUCCEED() << "it came back";
}

}  // namespace
}  // namespace nhi
