# frozen_string_literal: true

# Activates a device with net/http, which sends `Accept: */*` and asks for compression by itself.

require "json"
require "net/http"

url = URI(ENV.fetch("URL"))
request = Net::HTTP::Post.new(url)
request["Content-Type"] = "application/vnd.pingidentity.device.activate+json"
request["Authorization"] = "Bearer #{ENV.fetch("TOKEN")}"
request.body = JSON.dump({ "attestation": ENV.fetch("ATTESTATION") })
puts Net::HTTP.new(url.host, url.port).request(request).read_body
