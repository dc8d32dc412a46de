#include "scanner/base/value_form.hpp"
