// nhisweep-rotator-redis: started by nhisweep, never by people.
#include "rotators/redis/rotator.hpp"

int main() { return nhi::run_rotator(nhi::make_redis_rotator()); }
