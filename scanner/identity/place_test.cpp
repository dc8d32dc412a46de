#include "scanner/identity/place.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(PlaceOfFile, FollowsNameThenContent) {
  EXPECT_EQ(place_of_file("a/b.xml", "", "mirth.channel"), PlaceKind::kEngine);
  EXPECT_EQ(place_of_file("etc/squid/allowed.acl", "", ""), PlaceKind::kNetwork);
  EXPECT_EQ(place_of_file("etc/hosts", "", ""), PlaceKind::kNetwork);
  EXPECT_EQ(place_of_file("etc/haproxy/haproxy.cfg", "", ""), PlaceKind::kNetwork);
  EXPECT_EQ(place_of_file("ia.reg", "", ""), PlaceKind::kHost);
  EXPECT_EQ(place_of_file("export.dat", "Windows Registry Editor Version 5.00", ""),
            PlaceKind::kHost);
  EXPECT_EQ(place_of_file("docs/leaflet.html", "", ""), PlaceKind::kDocument);
  EXPECT_EQ(place_of_file("README", "", ""), PlaceKind::kDocument);
  EXPECT_EQ(place_of_file("src/app.env", "", ""), PlaceKind::kApplication);
  EXPECT_EQ(place_of_file("", "", ""), PlaceKind::kUnknown);
}

TEST(IndicatorConfidence, OfAnAllowlistLineSaysAgentNotApplication) {
  Rule gas;
  gas.id = "cis1.host.gas";
  gas.confidence = Level::kHigh;
  EXPECT_EQ(indicator_confidence(gas, PlaceKind::kApplication), Level::kHigh);
  EXPECT_EQ(indicator_confidence(gas, PlaceKind::kEngine), Level::kHigh);
  EXPECT_EQ(indicator_confidence(gas, PlaceKind::kNetwork), Level::kMedium);
  EXPECT_EQ(indicator_confidence(gas, PlaceKind::kDocument), Level::kLow);
  Rule agent;
  agent.id = "cis1.agent.registry";
  agent.confidence = Level::kHigh;
  EXPECT_EQ(indicator_confidence(agent, PlaceKind::kHost), Level::kHigh);
}

}  // namespace
}  // namespace nhi
