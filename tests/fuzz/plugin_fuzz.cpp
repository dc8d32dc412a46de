// What a rotator sends: frames, messages, its description and its answers. Any bytes are read or
// refused, and what is read is written the same way again.
#include <cstddef>
#include <cstdint>

#include "plugins/protocol/control_frame.hpp"
#include "plugins/protocol/handshake.hpp"
#include "plugins/protocol/limits.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/reply.hpp"
#include "plugins/protocol/secret_frame.hpp"

namespace nhi {
namespace {

// Read again, a thing that was written is the same.
template <class Read>
void check_round(const Json& json, Read&& read) {
  if (const auto first = read(json)) {
    const Json written = to_json(*first);
    const auto second = read(written);
    NHI_ASSERT(second && to_json(*second) == written);
  }
}

void check_json(const Json& json) {
  check_round(json, description_from);
  check_round(json, capability_from);
  check_round(json, step_reply_from);
  check_round(json, probe_reply_from);
  check_round(json, inspect_reply_from);
  check_round(json, list_reply_from);
  check_round(json, reconcile_reply_from);
}

void check_body(std::string_view body) {
  const auto message = parse_message(body);
  if (!message) return;
  if (const auto text = to_text(*message)) NHI_ASSERT(parse_message(*text).has_value());
  if (const auto* answer = std::get_if<RpcAnswer>(&*message)) {
    if (const auto* result = std::get_if<Json>(&answer->outcome)) check_json(*result);
  }
}

}  // namespace
}  // namespace nhi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  nhi::ControlReader control;
  nhi::SecretReader secrets;
  // In two pieces: a border may lie anywhere.
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    control.feed(piece);
    for (auto body = control.next(); body && *body; body = control.next()) nhi::check_body(**body);
    secrets.feed(piece);
    for (auto frame = secrets.next(); frame && *frame; frame = secrets.next()) {
      NHI_ASSERT((*frame)->handle.size() <= nhi::kHandleBytesMax);
    }
  }
  nhi::check_body(bytes);
  if (const auto json = nhi::parse_json(bytes)) nhi::check_json(*json);
  return 0;
}
