// The steps of a start that are no part's own business.
#pragma once

#include <string>
#include <vector>

#include "control/control.hpp"
#include "handover.hpp"
#include "powerdns/api_client.hpp"
#include "settings.hpp"

namespace failover {

// The API key of the PowerDNS servers: the file's first word; "" where there is none.
std::string key_in(const std::string& path);

// The configured PowerDNS servers; settings.cpp has seen to it that each can be read.
std::vector<powerdns::ApiUrl> powerdns_servers(const Settings& settings);

// What a start would meet in files that the settings name: each mistake in a line that ends. Changes nothing.
std::string mistakes_in_files(const Settings& settings);

// The folders of the store, the socket and the token file. Throws std::filesystem::filesystem_error.
void make_folders(const Settings& settings);

// Creates the zone where there is none of that name; one that is there stays as it is. Throws
// std::runtime_error where it is refused.
void create_zone(Control& control, const PutZone& zone);

std::vector<std::string> zone_names(const Control& control);

// Closes inherited listeners that are not where the settings say, here and wherever else they are held: an
// address that was public once is to be so no more. Opens what is missing then. Returns the line that says
// where everything listens. Throws as net/listen.hpp does.
std::string open_listeners(Inheritance& inheritance, const Settings& settings);

}  // namespace failover
