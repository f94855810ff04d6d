#include <vector>
#include <string>
#include <map>
#include <iostream>
namespace outer { namespace { struct Hidden { int v; int get() const { return v; } }; }
template <class T> struct Box { T value; explicit Box(T v) : value(v) {} T &get() { return value; }
  template <class U> U as() const { return static_cast<U>(value); } };
int use(std::vector<int> &v) { Hidden h{3}; Box<int> b(4); int s = h.get() + b.get() + (int)b.as<double>();
  auto add = [&](int x) { s += x; return s; };
  for (int x : v) add(x); return s; } }
int main(int argc, char **argv) { std::vector<int> v; for (int i = 0; i < argc * 10; i++) v.push_back(i);
  std::map<std::string, int> m; m["a"] = outer::use(v); std::cout << m["a"] << std::endl; return 0; }
