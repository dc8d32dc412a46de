// nhisweep-rotator-postgresql: started by nhisweep, never by people.
#include "rotators/postgresql/rotator.hpp"

int main() { return nhi::run_rotator(nhi::make_postgresql_rotator()); }
