#include "scanner/sweep/expected_hosts.hpp"

#include <algorithm>

#include "scanner/base/time_span.hpp"
#include "scanner/bundle/bundle.hpp"
#include "scanner/sweep/estate_node.hpp"

namespace nhi {

Result<std::vector<ExpectedHost>> read_hosts(const std::string& file, const YAML::Node& node) {
  std::vector<ExpectedHost> hosts;
  if (!node) return hosts;
  if (!node.IsSequence()) return bad_node(file, node.Mark(), "hosts is a list");
  for (const auto& entry : node) {
    ExpectedHost host;
    if (entry.IsScalar()) {
      host.name = entry.as<std::string>("");
    } else {
      NHI_CHECK_OK(check_keys(file, entry, {"name", "max_age"}));
      host.name = entry["name"].as<std::string>("");
      if (const auto age = entry["max_age"]) {
        const auto span = parse_span(age.as<std::string>(""));
        if (!span) return bad_node(file, age.Mark(), span.error().what, span.error().hint);
        host.max_age = *span;
      }
    }
    if (!is_host_name(host.name)) {
      return bad_node(file, entry.Mark(), "'" + host.name + "' is no name of a host",
                      "lower-case letters, digits, dots and hyphens, as collect --host has it");
    }
    const bool twice = std::any_of(hosts.begin(), hosts.end(), [&](const ExpectedHost& other) {
      return other.name == host.name;
    });
    if (twice) return bad_node(file, entry.Mark(), "'" + host.name + "' stands twice");
    hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace nhi
