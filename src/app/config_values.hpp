// CONFIG VALUES: what a text of the configuration must look like, where any text would be taken and
// fail only once it is used: a folder, an address to listen on, a host, a mail server, a sender, a
// token. A check answers what the text must be, or nothing when it is that. Pure; any thread.
#pragma once

#include <string>

namespace taquilla::app {

/// nullptr: good. Otherwise what it must be, to be put behind "must be".
using text_check = const char* (*)(const std::string&);

const char* any_text(const std::string&);
/// A name, or ":memory:".
const char* data_folder_name(const std::string& text);
/// An address as `bind` takes it. No name: a name may mean several addresses, or another one later.
const char* ip_address(const std::string& text);
/// As it stands in a Host field, lowered, without a port: what is written otherwise matches none.
const char* host_name(const std::string& text);
/// Empty, or smtp:// or smtps:// with a host; user, password, port and path as libcurl takes them.
const char* mail_server_url(const std::string& text);
const char* sender_address(const std::string& text);
/// Empty, or what stands in a header field as it is and is not guessed.
const char* bearer_token(const std::string& text);

}  // namespace taquilla::app
