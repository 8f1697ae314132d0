#!/usr/bin/env ruby
# frozen_string_literal: true

# Pairs this computer for a user and signs in with it. Ruby 2.7 or newer, standard library only.
#
# Values come from the environment; see README.md in this folder.

require "json"
require "net/http"

API_PATH, AUTH_PATH, ENV_ID, USER_ID, CLIENT_ID, CLIENT_SECRET =
  %w[API_PATH AUTH_PATH ENV_ID USER_ID CLIENT_ID CLIENT_SECRET].map { |name| ENV.fetch(name) }
DESKTOP_URL = ENV.fetch("DESKTOP_URL", "http://localhost:9410")
ORIGIN = ENV.fetch("ORIGIN", "http://localhost:8080")
POLICY = ENV["POLICY_ID"] ? { policy: { id: ENV["POLICY_ID"] } } : {}

# An answer other than success; the message carries the error object.
class Refused < StandardError; end

# Posts text and returns the answer's text. Local addresses never go through a proxy. The time limit
# leaves the person a minute to answer.
def post(url, content_type, body, headers)
  uri = URI(url)
  request = Net::HTTP::Post.new(uri, headers.merge("Content-Type" => content_type))
  request.body = body
  http = Net::HTTP.new(uri.host, uri.port, nil)
  http.use_ssl = uri.scheme == "https"
  http.read_timeout = 70
  answer = http.request(request)
  return answer.body if answer.is_a?(Net::HTTPSuccess)

  raise Refused, "#{answer.code} from #{url}:\n#{answer.body}"
end

# Calls the API with a token: JSON in, JSON out.
def call(token, url, body, content_type = "application/json")
  JSON.parse(post(url, content_type, JSON.generate(body), "Authorization" => "Bearer #{token}"))
end

# Hands a signed request to the desktop authenticator; a person answers its question.
def ask_desktop(path, signed_request)
  post(DESKTOP_URL + path, "application/jwt", signed_request, "Origin" => ORIGIN)
end

def run
  puts "1. Asking for an access token"
  basic = ["#{CLIENT_ID}:#{CLIENT_SECRET}"].pack("m0")
  answer = post("#{AUTH_PATH}/#{ENV_ID}/as/token", "application/x-www-form-urlencoded",
                "grant_type=client_credentials", "Authorization" => "Basic #{basic}")
  token = JSON.parse(answer).fetch("access_token")

  puts "2. Creating a device for the user"
  device = call(token, "#{API_PATH}/environments/#{ENV_ID}/users/#{USER_ID}/devices",
                { type: "PINGID_DESKTOP_GEN2", status: "ACTIVATION_REQUIRED", **POLICY })

  puts "3. Asking the desktop authenticator to pair: answer its question"
  attestation = ask_desktop("/register", device.fetch("pingIdDesktopCredentialCreationOptions"))

  puts "4. Activating the device"
  device = call(token, device.dig("_links", "self", "href"), { attestation: attestation },
                "application/vnd.pingidentity.device.activate+json")
  puts "   #{device["nickname"]} is #{device["status"]}"

  puts "5. Starting a sign-in"
  authentication = call(token, "#{AUTH_PATH}/#{ENV_ID}/deviceAuthentications",
                        { user: { id: USER_ID }, **POLICY })

  puts "6. Asking the desktop authenticator to sign: answer its question"
  assertion = ask_desktop("/authenticate",
                          authentication.fetch("pingIdDesktopCredentialRequestOptions"))

  puts "7. Checking the signature"
  authentication = call(token, authentication.dig("_links", "self", "href"),
                        { assertion: assertion, origin: ORIGIN },
                        "application/vnd.pingidentity.assertion.check+json")
  raise Refused, JSON.pretty_generate(authentication) if authentication["status"] != "COMPLETED"

  puts "Signed in: #{authentication["status"]}"
end

begin
  $stdout.sync = true
  run
rescue Refused => e
  abort e.message
end
