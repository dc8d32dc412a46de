#include "scanner/sources/watched_repository.hpp"

#include <mutex>
#include <utility>

#include "scanner/sources/mount_watch.hpp"

namespace nhi {
namespace {

Unexpected<Error> silence() {
  return fail(ErrorCode::kNotAnswering, std::string(kNotAnsweringReason));
}

template <class T>
struct WithUnread {
  Result<T> result;
  std::vector<Unread> unread;
};

template <class T>
Result<T> unpack(std::optional<WithUnread<T>> answer, std::vector<Unread>& unread) {
  if (!answer) return silence();
  unread.insert(unread.end(), std::make_move_iterator(answer->unread.begin()),
                std::make_move_iterator(answer->unread.end()));
  return std::move(answer->result);
}

// A repository on its way to be closed, which may hang on a dead mount: then it is kept for good.
using Holder = std::shared_ptr<std::shared_ptr<GitRepository>>;

void keep(Holder holder) {
  static auto* const kept = new std::vector<Holder>;
  static std::mutex lock;
  const std::lock_guard guard(lock);
  kept->push_back(std::move(holder));
}

}  // namespace

Result<WatchedRepository> WatchedRepository::open(const std::string& git_dir) {
  CallsPtr calls = MountWatch::of_process().for_git(git_dir);
  using Opened = Result<std::shared_ptr<GitRepository>>;
  auto opened = ask(calls, [git_dir]() -> Opened {
    NHI_TRY(GitRepository repository, GitRepository::open(git_dir));
    return std::make_shared<GitRepository>(std::move(repository));
  });
  if (!opened) return silence();
  NHI_TRY(std::shared_ptr<GitRepository> repository, std::move(*opened));
  return WatchedRepository(std::move(repository), std::move(calls));
}

WatchedRepository WatchedRepository::of(const std::shared_ptr<const GitBundle>& bundle,
                                        const std::string& path) {
  return WatchedRepository(std::make_shared<GitRepository>(GitRepository::of(bundle)),
                           MountWatch::of_process().for_git(path));
}

WatchedRepository& WatchedRepository::operator=(WatchedRepository&& other) noexcept {
  if (this == &other) return *this;
  close();
  repository_ = std::move(other.repository_);
  calls_ = std::move(other.calls_);
  return *this;
}

void WatchedRepository::close() {
  if (repository_ == nullptr || calls_ == nullptr) return;
  const auto holder = std::make_shared<std::shared_ptr<GitRepository>>(std::move(repository_));
  if (!calls_->run([holder] { holder->reset(); })) keep(holder);
}

Result<std::shared_ptr<const GitPlan>> WatchedRepository::plan(
    std::vector<Unread>& unread, const std::shared_ptr<const QuietBlobs>& quiet) {
  auto answer = ask(calls_, [repository = repository_, quiet] {
    std::vector<Unread> problems;
    auto made = repository->plan(problems, *quiet);
    return WithUnread<std::shared_ptr<const GitPlan>>{std::move(made), std::move(problems)};
  });
  return unpack(std::move(answer), unread);
}

std::shared_ptr<GitWalk> WatchedRepository::walk(const std::shared_ptr<const GitPlan>& plan,
                                                 std::size_t share) const {
  return repository_->walk(plan, share);
}

Result<bool> WatchedRepository::next(const std::shared_ptr<GitWalk>& walk, GitFound& found) {
  struct Step {
    bool any = false;
    GitFound found;
  };
  auto answer = ask(calls_, [repository = repository_, walk] {
    Step step;
    step.any = repository->next(*walk, step.found);
    return step;
  });
  if (!answer) return silence();
  found = answer->found;
  return answer->any;
}

Result<void> WatchedRepository::read_trees(const std::shared_ptr<const GitPlan>& plan,
                                           std::size_t share,
                                           const std::shared_ptr<const GitWanted>& wanted) {
  const auto answer = ask(calls_, [repository = repository_, plan, share, wanted] {
    repository->read_trees(*plan, share, *wanted);
    return true;
  });
  if (!answer) return silence();
  return {};
}

Result<std::vector<GitObject>> WatchedRepository::named(
    const std::shared_ptr<const GitPlan>& plan) {
  auto answer = ask(calls_, [repository = repository_, plan] { return repository->named(*plan); });
  if (!answer) return silence();
  return std::move(*answer);
}

Result<std::string> WatchedRepository::read(const GitObject& object) {
  auto answer =
      ask(calls_, [repository = repository_, object] { return repository->read(object); });
  return answer ? std::move(*answer) : silence();
}

Result<GitAttribution> WatchedRepository::attribute(const std::shared_ptr<const GitPlan>& plan,
                                                    const std::vector<GitObject>& wanted,
                                                    std::vector<Unread>& unread) {
  auto answer = ask(calls_, [repository = repository_, plan, wanted] {
    std::vector<Unread> problems;
    auto places = repository->attribute(plan, wanted, problems);
    return WithUnread<GitAttribution>{std::move(places), std::move(problems)};
  });
  return unpack(std::move(answer), unread);
}

Result<std::string> WatchedRepository::state_stamp() {
  auto answer = ask(calls_, [repository = repository_] { return repository->state_stamp(); });
  return answer ? std::move(*answer) : silence();
}

Result<std::string> WatchedRepository::head_blob(const std::string& path) {
  auto answer =
      ask(calls_, [repository = repository_, path] { return repository->head_blob(path); });
  if (!answer) return silence();
  return std::move(*answer);
}

}  // namespace nhi
