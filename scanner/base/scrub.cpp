#include "scanner/base/scrub.hpp"
