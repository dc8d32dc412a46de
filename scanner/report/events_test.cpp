#include "scanner/report/events.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "scanner/report/json.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

Exception sample_exception() {
  Exception exception;
  exception.id = "e_1";
  exception.subject = "c_a1";
  exception.owner = "integration";
  exception.reason = "vendor lock\nuntil 4.2";
  exception.until = Instant{1803772800};
  exception.who = "Ada Ward (root)";
  exception.decided = Instant{1795615200};
  return exception;
}

std::vector<FindingEvent> sample_events(const ReportData& data, const Exception& exception) {
  std::vector<FindingEvent> events;
  for (const EventKind kind : {EventKind::kAppeared, EventKind::kKnown, EventKind::kReturned,
                               EventKind::kGone, EventKind::kUnverified, EventKind::kDecided}) {
    FindingEvent event;
    event.kind = kind;
    event.sweep = 100;
    event.at = data.as_of;
    event.finding = &data.findings[events.size()];
    if (kind == EventKind::kDecided) {
      event.exception = &exception;
    } else {
      event.change = "content";
    }
    events.push_back(event);
  }
  return events;
}

TEST(EventOf, FollowsTheChangeOfPresence) {
  EXPECT_EQ(event_of(std::nullopt, Presence::kNew), EventKind::kAppeared);
  EXPECT_EQ(event_of(std::nullopt, Presence::kOpen), EventKind::kKnown);
  EXPECT_EQ(event_of(Presence::kGone, Presence::kOpen), EventKind::kReturned);
  EXPECT_EQ(event_of(Presence::kUnverified, Presence::kOpen), EventKind::kReturned);
  EXPECT_EQ(event_of(Presence::kOpen, Presence::kGone), EventKind::kGone);
  EXPECT_EQ(event_of(Presence::kNew, Presence::kUnverified), EventKind::kUnverified);
}

TEST(EventId, DiffersByFindingKindAndSweepAndByNothingElse) {
  const ReportData data = testing::sample_sweep();
  FindingEvent event;
  event.kind = EventKind::kGone;
  event.sweep = 7;
  event.at = data.as_of;
  event.finding = &data.findings[0];
  const std::string first = event_id(event);
  EXPECT_EQ(first.size(), 18u);
  Finding moved = data.findings[0];
  moved.first.line += 5;
  moved.presence = Presence::kOpen;
  event.finding = &moved;
  EXPECT_EQ(event_id(event), first);
  std::set<std::string> ids = {first};
  event.sweep = 8;
  ids.insert(event_id(event));
  event.kind = EventKind::kReturned;
  ids.insert(event_id(event));
  event.finding = &data.findings[1];
  ids.insert(event_id(event));
  EXPECT_EQ(ids.size(), 4u);
}

TEST(EventId, OfADecisionDoesNotDependOnTheSweepsAroundIt) {
  const ReportData data = testing::sample_sweep();
  Exception exception = sample_exception();
  FindingEvent event = sample_events(data, exception).back();
  const std::string first = event_id(event);
  event.sweep = 101;
  EXPECT_EQ(event_id(event), first);
  exception.withdrawn = true;
  EXPECT_NE(event_id(event), first);
}

TEST(Events, CarryTheUsualFinding) {
  const ReportData data = testing::sample_sweep();
  const Exception exception = sample_exception();
  const auto events = sample_events(data, exception);
  std::istringstream lines(render_events(events));
  std::size_t at = 0;
  for (std::string line; std::getline(lines, line); ++at) {
    const Json value = Json::parse(line);
    EXPECT_EQ(value["schema"], "nhisweep.event/1");
    EXPECT_EQ(value["event"], std::string(to_string(events[at].kind)));
    EXPECT_EQ(value["finding"], finding_value(data.findings[at], nullptr));
    EXPECT_EQ(value.contains("decision"), events[at].is_decision());
  }
  EXPECT_EQ(at, events.size());
}

TEST(Events, EqualTheGoldenFile) {
  const ReportData data = testing::sample_sweep();
  const Exception exception = sample_exception();
  testing::expect_golden("events.jsonl", render_events(sample_events(data, exception)));
}

}  // namespace
}  // namespace nhi
