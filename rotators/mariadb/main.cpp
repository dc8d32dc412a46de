// nhisweep-rotator-mariadb: started by nhisweep, never by people.
#include "rotators/mariadb/rotator.hpp"

int main() { return nhi::run_rotator(nhi::make_mariadb_rotator()); }
