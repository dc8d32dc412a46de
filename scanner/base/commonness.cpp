#include "scanner/base/commonness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace nhi {
namespace {

// The words around secrets and their systems: where credentials are looked for they are met far
// more often than their letters say.
constexpr auto kWordsOfSettings = std::to_array<std::string_view>(
    {"key",    "token",  "pass", "secret", "auth",  "user",    "account",
     "name",   "path",   "data", "type",   "value", "host",    "http",
     "client", "access", "api",  "server", "batch", "storage", "log"});
constexpr double kWordRank = 4;

// Bytes that have a row of their own; then come digits, blanks and all the rest.
constexpr std::string_view kOwnRows = "abcdefghijklmnopqrstuvwxyz_-./:\"=";
constexpr std::size_t kDigits = kOwnRows.size();
constexpr std::size_t kBlanks = kDigits + 1;
constexpr std::size_t kOthers = kDigits + 2;
constexpr std::size_t kRows = kDigits + 3;

// How often one byte follows another, as the logarithm to base 2 above an arbitrary zero (`a`):
// counted over source trees, C and Python headers and the configuration of a Debian system.
constexpr std::array<std::string_view, kRows> kPairs = {
    "imnnikmhmgkonogmgoopmljklikjiihjfknl", "mikimhigmlgmjhmhfmkingfjlfkhkjgjekkk",
    "njljnjgolennkiojgmkolihkkglkjkkjgkml", "mjilpiiinghkijmigklklihijfmkljlkikon",
    "nloomnlilhinnpknlppojmlolgnlmkmmkkqo", "miijmljgoffliknifmkllfgfjekjlfhjkkom",
    "kgjgnhjlnefljlmjflmjkhgfghljkjikiinm", "ngghoggfnegijhmielkmkfgeheljjhikijnm",
    "mnnnmnnfifjompolhmophlhkfljhjggheikl", "ifggleeeheffffjgeejeifgeeehffdcgdhhi",
    "lgiimijhkffhgijgfgkjigiegelijhhjghll", "niimomjiofhnhinkfimnmjigmgmjkkkkhinm",
    "olikohhgmfilmimnfhmjlhggjfmjjjhjfiml", "ninoomoimgkljknkgjoomlifkgmklkjlikon",
    "klmmknlgmjlmnpmnfpmnnlmihglkkjijfhnl", "oijkoihklejnhhnmgnlnmghjlgljkhjjgjmm",
    "fffffeffeeeiffeefggflefefeifgdefdgij", "okmlpjniofllmmokfmnnmkjgmgmjlkjljjon",
    "milipjmnoflmjkmnjknpmjjgkhmkmllmkjpn", "oimlpkipofilljomgonmnhkknhnmlklljkpo",
    "lmmlmlkfmfgnmnimennnghfifgiehfdhbkli", "mgifnghfleeghilifgihggfgfejihhgifkjk",
    "mghilgflmefhgklgekkhgejfgekijfghehkk", "jfkhkhegkeegjggmeglmgfekifljjhikilll",
    "jihhjgigjffkjjlnfkkkgfifffljkijjihnm", "ifffmfffieegghhfefgfgefeggiffgdgcjii",
    "mmnmmmllmhkmmmmmhmnnllkkiindhhehckjk", "kklkkljjkghkkjjlhkkkjjjififofebhfllm",
    "kkmkkkklkihjkjkkfllkjijggfkdlifkemnk", "kklkjkjjjgfkkijkekkliijiffffimdieimm",
    "hhjiiiigiefhiihjdijigigeeejfekmifkok", "kklkjkkkkhikkkjkgklljjjihgijkilmfloo",
    "ggggfheffddffiffcghhfgececeefecmmink", "jjjkjjhhhghihhhjghhhhhhkggmlmjjlhpnn",
    "popononmpjlnonoojoppnmnkljonmnkpnnrq", "mlmmlllkmhjllmlmhmnmlkkkihmlmnmnkmrq",
};
// The same for single bytes.
constexpr std::string_view kSingles = "rprrsqqqsmorqrrqmrrsqppppnrppppqoqus";

// Parts of words that are met far more often than their pairs of letters say, the most common
// first: counted as above.
constexpr std::string_view kCommonGroups =
    "iontheinttioingcondefstrenttertyponsypeassameineforectodeatiselcomtrielffinertnamtursta"
    "andretefirinerrprovaletuallnteurnverortclaparopeilesetuncfillasextdatreagetargnottedfun"
    "esslicerstinperctiporblelintrualuimpluecalackmplcodsioaddwitnodreficerroablormoutageram"
    "hisultmpoequptigitplenalompeadeckmetattactignromhecmodobjizencelocvarfroosslseainyteomm"
    "pacharprinittimuinsigonfinikeytemimejecaaapecundrtiuilinfbuittphanbuthttcesalsbytntiwor"
    "ounoptappnumelecenivemsglisrmaltiiesnedloaptrnfibooooloidutettraceiltbjeernarrighreendi"
    "ropullockualnfofigmitribdiricaointicbasrraputntsnewuctervtchrcedisoveregreqsubsizfieght"
    "libferrueplaposrucordwarrigtpsvoisysquequasouurcorkailfalautraylogbufctxleaatcminruntab"
    "gralowtokpascreusepatsecserhosapicurher";
// The rank of the first of them, and how many share a rank.
constexpr int kCommonRank = 'a' + 15;
constexpr std::size_t kCommonRankShare = 64;

std::size_t row_of(char c) {
  if (c == '\'') c = '"';
  const std::size_t own = kOwnRows.find(c);
  if (own != std::string_view::npos) return own;
  if (c >= '0' && c <= '9') return kDigits;
  return c == ' ' || (c >= '\t' && c <= '\r') ? kBlanks : kOthers;
}

int pair_rank(char first, char second) { return kPairs[row_of(first)][row_of(second)]; }

double rank_of(std::string_view text) {
  if (text.empty()) return 0;
  double rank = kSingles[row_of(text[0])];
  for (std::size_t i = 1; i < text.size(); ++i) {
    rank += pair_rank(text[i - 1], text[i]) - kSingles[row_of(text[i - 1])];
  }
  const bool word =
      std::any_of(kWordsOfSettings.begin(), kWordsOfSettings.end(),
                  [&](std::string_view one) { return text.find(one) != std::string_view::npos; });
  return word ? rank + kWordRank : rank;
}

constexpr std::size_t kLetters = 26;
constexpr std::size_t letter_index(char c) { return static_cast<std::size_t>(c - 'a'); }
// Of three letters: which of kCommonGroups they are, from 1; 0: none.
constexpr auto kCommonPlaces = [] {
  static_assert(kCommonGroups.size() % 3 == 0);
  std::array<std::uint16_t, kLetters * kLetters * kLetters> places{};
  for (std::size_t i = kCommonGroups.size() / 3; i-- > 0;) {
    const std::string_view group = kCommonGroups.substr(3 * i, 3);
    places[(letter_index(group[0]) * kLetters + letter_index(group[1])) * kLetters +
           letter_index(group[2])] = static_cast<std::uint16_t>(i + 1);
  }
  return places;
}();

// Of three bytes.
int group_rank(std::string_view group) {
  const bool letters =
      std::all_of(group.begin(), group.end(), [](char c) { return letter_index(c) < kLetters; });
  if (letters) {
    const std::size_t place =
        kCommonPlaces[(letter_index(group[0]) * kLetters + letter_index(group[1])) * kLetters +
                      letter_index(group[2])];
    if (place != 0) return kCommonRank - static_cast<int>((place - 1) / kCommonRankShare);
  }
  // Of the logarithms: P(abc) is P(ab) times P(bc) by P(b).
  return pair_rank(group[0], group[1]) + pair_rank(group[1], group[2]) - kSingles[row_of(group[1])];
}

}  // namespace

double commonness(const std::vector<std::string>& texts) {
  double sum = 0;
  for (const std::string& text : texts) sum += std::exp2(rank_of(text));
  return sum;
}

std::size_t rarest_group(std::string_view text) {
  std::size_t best = 0;
  int least = 0;
  for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
    const int rank = group_rank(text.substr(i, 3));
    if (i != 0 && rank >= least) continue;
    least = rank;
    best = i;
  }
  return best;
}

}  // namespace nhi
