// The upper bound that cpp-httplib's own server sets: a handler that does nothing but answer, with
// eight threads and else the library's defaults. One of these costs 40 ms an answer on a connection
// that is kept (Nagle's algorithm meets delayed acknowledgements), hence the argument `nodelay`.
// scripts/bench measures both beside taquilla, so that the price of a durable sale can be told from
// the price of HTTP. Prints the port that the system picked and runs until it is killed.
#include <httplib.h>

#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(8); };
  server.set_tcp_nodelay(argc > 1 && std::string_view{argv[1]} == "nodelay");
  server.Post("/api/reservations", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(
        R"({"success":true,"reservationId":1,"message":"Reserva confirmada exitosamente"})",
        "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) {
    std::cerr << "empty_handler: no port can be had\n";
    return 1;
  }
  std::cout << port << std::endl;
  return server.listen_after_bind() ? 0 : 1;
}
