// nhisweep-rotator-openldap: started by nhisweep, never by people.
#include "rotators/openldap/rotator.hpp"

int main() { return nhi::run_rotator(nhi::make_openldap_rotator()); }
