#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* Swift does not call variadic functions: one typed function for each shape of argument. */

static inline CURLcode cortex_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode cortex_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode cortex_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode cortex_set_text(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/* curl copies the bytes: they need not outlive the call. */
static inline CURLcode cortex_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return (curl_easy_setopt)(easy, option, &blob);
}

typedef size_t (*cortex_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode cortex_set_data_callback(CURL *easy, CURLoption option, cortex_data_callback callback) {
    return (curl_easy_setopt)(easy, option, callback);
}

typedef int (*cortex_request_callback)(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port);

static inline CURLcode cortex_set_request_callback(CURL *easy, cortex_request_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, callback);
}

typedef curl_socket_t (*cortex_open_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*cortex_close_callback)(void *context, curl_socket_t descriptor);

static inline CURLcode cortex_set_socket_callbacks(
    CURL *easy, cortex_open_callback open, cortex_close_callback close, void *context) {
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
    return (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETDATA, context);
}

static inline CURLcode cortex_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode cortex_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode cortex_get_text(CURL *easy, CURLINFO info, const char **value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode cortex_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

/* The result of a finished transfer; the message's union is of no use to Swift. */
static inline CURLcode cortex_message_result(const CURLMsg *message) {
    return message->data.result;
}
