// Calls that a program makes through the C++ library: its templates are compiled into the program.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

struct Closer {
  int fd;
  ~Closer() { close(fd); }
};

template <class Call> static auto twice(Call call) {
  call();
  return call();
}

class Shape {
public:
  virtual ~Shape() = default;
  virtual int draw() = 0;
};

class Circle : public Shape {
public:
  int draw() override { return getppid() + 1; }
};

int main() {
  std::string name = std::filesystem::temp_directory_path() / ("standard-" + std::to_string(getpid()));
  {
    std::ofstream out(name);
    out << "one " << 2 << std::endl;
    out.write("three", 5).flush();
  }
  std::ifstream in(name);
  std::string word;
  in >> word;
  in.close();
  std::cout << word << std::endl;
  std::cerr << "unbuffered\n";

  std::vector<std::function<int()>> calls{[] { return getppid(); }, getegid};
  int sum = std::accumulate(calls.begin(), calls.end(), 0, [](int n, auto &f) { return n + f(); });
  twice([] { return geteuid(); });
  std::unique_ptr<Shape> shape = std::make_unique<Circle>();
  sum += shape->draw();
  {
    auto held = std::make_shared<Closer>(Closer{dup(1)});
  }

  std::thread worker([] { getuid(); });
  worker.join();
  std::async(std::launch::async, [] { return getgid(); }).get();

  std::filesystem::create_directory(name + ".d");
  for (auto &entry : std::filesystem::directory_iterator(name + ".d")) {
    std::cout << entry.path();
  }
  std::filesystem::remove_all(name + ".d");
  std::filesystem::remove(name);
  std::cout << sum % 2 << std::endl;
}
