// Included first by every kernel: its functions get the name of the instruction set they are compiled for.
#ifndef NAMES_H
#define NAMES_H

#include "kernels.h"

#define JOIN(name, set) name##_##set
#define JOIN_EXPANDED(name, set) JOIN(name, set)
#define KERNEL(name) JOIN_EXPANDED(name, INSTRUCTION_SET)

#endif
