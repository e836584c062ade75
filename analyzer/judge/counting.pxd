"""Types of counting.py for the C compiler; interpreted, nobody reads this file."""

cimport cython

@cython.locals(i=cython.Py_ssize_t)
cpdef bytes_of(const unsigned char[::1] data, long long[::1] counts)

@cython.locals(
    i=cython.Py_ssize_t, size=cython.Py_ssize_t, here=int, after=int, pair=int, shift=int
)
cpdef bits_of(const unsigned char[::1] data, long long[::1] counts, bint big)

@cython.locals(
    i=cython.Py_ssize_t, k=cython.Py_ssize_t, total=cython.longlong, together=cython.longlong
)
cpdef long long squares(long long[::1] counts, Py_ssize_t step) except -1
