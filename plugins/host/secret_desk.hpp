// secret_desk.hpp - what a rotator may read and leave on the secret channel during one request.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/host/leak_search.hpp"
#include "plugins/protocol/secret_frame.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

// Both are called before the rotator has its answer; an error is answered with DENIED, so that
// nothing is given or taken without its record.
struct SecretKeeper {
  /// A value is about to be given: write it down.
  std::function<Result<void>(const std::string& purpose)> given;
  /// A value came: it is encrypted and on the disk when this returns.
  std::function<Result<void>(const std::string& purpose, const SecretText& value)> kept;
};

// One request's secrets. Handles are random and mean nothing in another request. Thread-compatible.
class SecretDesk {
 public:
  explicit SecretDesk(SecretKeeper keeper) : keeper_(std::move(keeper)) {}

  /// The handle under which `value` can be read. `purpose`: "auth", "new", "old", "value".
  [[nodiscard]] std::string offer(std::string purpose, SecretText value);
  /// The handle under which one value can be left.
  [[nodiscard]] std::string slot(std::string purpose);

  /// The answer to GET, PUT or FORGET. Errors: kMalformed for a frame that only we send: the
  /// rotator breaks the protocol.
  [[nodiscard]] Result<std::optional<SecretFrame>> answer(SecretFrame asked);

  /// The purpose of the slot that was filled under this handle; empty if none was.
  [[nodiscard]] std::string filled(const std::string& handle) const;
  /// All values of this request, given or left, to look for where they must not be.
  [[nodiscard]] const LeakSearch& leaks() const { return leaks_; }

 private:
  struct Entry {
    std::string purpose;
    SecretText value;
    std::size_t gets = 0;
    bool is_slot = false;
    bool forgotten = false;
    bool full = false;
  };
  SecretFrame denied(const std::string& handle, std::string_view reason) const;
  SecretFrame get(const std::string& handle);
  SecretFrame put(const std::string& handle, SecretText value);

  SecretKeeper keeper_;
  std::map<std::string, Entry> entries_;
  LeakSearch leaks_;
};

}  // namespace nhi
