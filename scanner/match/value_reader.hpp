// value_reader.hpp - the value behind a name, once the notation is known.
#pragma once

#include "scanner/match/assignment.hpp"
#include "scanner/match/cursor.hpp"

namespace nhi {

// Walks with its owner's cursor and fills its owner's assignment; each read returns false, with the
// cursor anywhere, where the characters hold no such value.
class ValueReader {
 public:
  ValueReader(Bytes view, Assignment& out, Cursor& cursor)
      : view_(view), out_(out), cursor_(cursor) {}

  /// What stands behind the sign of `notation`; `colon` if that sign was one.
  bool read_value(Notation notation, bool colon);
  /// Text up to the next tag.
  bool read_text(Notation notation);
  bool read_quoted(Notation notation);
  /// A run without quotes among other settings of a line.
  bool read_bare(Notation notation);

 private:
  [[nodiscard]] bool bare_allowed(bool tight) const;
  [[nodiscard]] bool stands_alone(bool tight);
  bool eat_wrapper();
  void eat_value_member();
  static bool wraps_literals(Bytes name);
  [[nodiscard]] std::size_t find_close(char quote, bool escaped) const;
  bool read_bare_line();
  bool read_block();
  [[nodiscard]] bool begins_line() const;
  bool read_directive();
  bool read_flag_value();
  bool read_byte_list();
  bool take(std::size_t from, std::size_t end, Notation notation);
  [[nodiscard]] char before_key() const {
    return out_.key.start > 0 ? view_[static_cast<std::size_t>(out_.key.start) - 1] : '\0';
  }

  Bytes view_;
  Assignment& out_;
  Cursor& cursor_;
  Notation notation_ = Notation::kSetting;
  bool colon_ = false;
};

}  // namespace nhi
