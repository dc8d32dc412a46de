#include "scanner/base/pool.hpp"
