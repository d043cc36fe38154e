/**
 * The Envoy types that Dragoman speaks about, by name: what JSON and Any need to find a message behind its type URL.
 * A list by hand, because loading all of Envoy's API takes four times as long; a type that is missing here is an error
 * that names it.
 */
import { createRegistry, type Registry } from "@bufbuild/protobuf";
import {
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { file_envoy_admin_v3_clusters } from "#gen/envoy/admin/v3/clusters_pb.js";
import { file_envoy_admin_v3_config_dump } from "#gen/envoy/admin/v3/config_dump_pb.js";
import { file_envoy_admin_v3_server_info } from "#gen/envoy/admin/v3/server_info_pb.js";
import { file_envoy_config_bootstrap_v3_bootstrap } from "#gen/envoy/config/bootstrap/v3/bootstrap_pb.js";
import { file_envoy_config_cluster_v3_cluster } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import { file_envoy_config_core_v3_extension } from "#gen/envoy/config/core/v3/extension_pb.js";
import { file_envoy_config_endpoint_v3_endpoint } from "#gen/envoy/config/endpoint/v3/endpoint_pb.js";
import { file_envoy_config_listener_v3_listener } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { file_envoy_config_listener_v3_quic_config } from "#gen/envoy/config/listener/v3/quic_config_pb.js";
import { file_envoy_config_metrics_v3_stats } from "#gen/envoy/config/metrics/v3/stats_pb.js";
import { file_envoy_config_overload_v3_overload } from "#gen/envoy/config/overload/v3/overload_pb.js";
import { file_envoy_config_route_v3_route_components } from "#gen/envoy/config/route/v3/route_components_pb.js";
import { file_envoy_config_route_v3_route } from "#gen/envoy/config/route/v3/route_pb.js";
import { file_envoy_config_route_v3_scoped_route } from "#gen/envoy/config/route/v3/scoped_route_pb.js";
import { file_envoy_config_trace_v3_datadog } from "#gen/envoy/config/trace/v3/datadog_pb.js";
import { file_envoy_config_trace_v3_lightstep } from "#gen/envoy/config/trace/v3/lightstep_pb.js";
import { file_envoy_config_trace_v3_opentelemetry } from "#gen/envoy/config/trace/v3/opentelemetry_pb.js";
import { file_envoy_config_trace_v3_zipkin } from "#gen/envoy/config/trace/v3/zipkin_pb.js";
import { file_envoy_extensions_access_loggers_file_v3_file } from "#gen/envoy/extensions/access_loggers/file/v3/file_pb.js";
import { file_envoy_extensions_access_loggers_filters_cel_v3_cel } from "#gen/envoy/extensions/access_loggers/filters/cel/v3/cel_pb.js";
import { file_envoy_extensions_access_loggers_grpc_v3_als } from "#gen/envoy/extensions/access_loggers/grpc/v3/als_pb.js";
import { file_envoy_extensions_access_loggers_open_telemetry_v3_logs_service } from "#gen/envoy/extensions/access_loggers/open_telemetry/v3/logs_service_pb.js";
import { file_envoy_extensions_access_loggers_stream_v3_stream } from "#gen/envoy/extensions/access_loggers/stream/v3/stream_pb.js";
import { file_envoy_extensions_clusters_aggregate_v3_cluster } from "#gen/envoy/extensions/clusters/aggregate/v3/cluster_pb.js";
import { file_envoy_extensions_clusters_dns_v3_dns_cluster } from "#gen/envoy/extensions/clusters/dns/v3/dns_cluster_pb.js";
import { file_envoy_extensions_clusters_dynamic_forward_proxy_v3_cluster } from "#gen/envoy/extensions/clusters/dynamic_forward_proxy/v3/cluster_pb.js";
import { file_envoy_extensions_common_matching_v3_extension_matcher } from "#gen/envoy/extensions/common/matching/v3/extension_matcher_pb.js";
import { file_envoy_extensions_compression_brotli_compressor_v3_brotli } from "#gen/envoy/extensions/compression/brotli/compressor/v3/brotli_pb.js";
import { file_envoy_extensions_compression_brotli_decompressor_v3_brotli } from "#gen/envoy/extensions/compression/brotli/decompressor/v3/brotli_pb.js";
import { file_envoy_extensions_compression_gzip_compressor_v3_gzip } from "#gen/envoy/extensions/compression/gzip/compressor/v3/gzip_pb.js";
import { file_envoy_extensions_compression_gzip_decompressor_v3_gzip } from "#gen/envoy/extensions/compression/gzip/decompressor/v3/gzip_pb.js";
import { file_envoy_extensions_compression_zstd_compressor_v3_zstd } from "#gen/envoy/extensions/compression/zstd/compressor/v3/zstd_pb.js";
import { file_envoy_extensions_compression_zstd_decompressor_v3_zstd } from "#gen/envoy/extensions/compression/zstd/decompressor/v3/zstd_pb.js";
import { file_envoy_extensions_filters_common_matcher_action_v3_skip_action } from "#gen/envoy/extensions/filters/common/matcher/action/v3/skip_action_pb.js";
import { file_envoy_extensions_filters_http_adaptive_concurrency_v3_adaptive_concurrency } from "#gen/envoy/extensions/filters/http/adaptive_concurrency/v3/adaptive_concurrency_pb.js";
import { file_envoy_extensions_filters_http_admission_control_v3_admission_control } from "#gen/envoy/extensions/filters/http/admission_control/v3/admission_control_pb.js";
import { file_envoy_extensions_filters_http_api_key_auth_v3_api_key_auth } from "#gen/envoy/extensions/filters/http/api_key_auth/v3/api_key_auth_pb.js";
import { file_envoy_extensions_filters_http_bandwidth_limit_v3_bandwidth_limit } from "#gen/envoy/extensions/filters/http/bandwidth_limit/v3/bandwidth_limit_pb.js";
import { file_envoy_extensions_filters_http_basic_auth_v3_basic_auth } from "#gen/envoy/extensions/filters/http/basic_auth/v3/basic_auth_pb.js";
import { file_envoy_extensions_filters_http_buffer_v3_buffer } from "#gen/envoy/extensions/filters/http/buffer/v3/buffer_pb.js";
import { file_envoy_extensions_filters_http_composite_v3_composite } from "#gen/envoy/extensions/filters/http/composite/v3/composite_pb.js";
import { file_envoy_extensions_filters_http_compressor_v3_compressor } from "#gen/envoy/extensions/filters/http/compressor/v3/compressor_pb.js";
import { file_envoy_extensions_filters_http_cors_v3_cors } from "#gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import { file_envoy_extensions_filters_http_credential_injector_v3_credential_injector } from "#gen/envoy/extensions/filters/http/credential_injector/v3/credential_injector_pb.js";
import { file_envoy_extensions_filters_http_csrf_v3_csrf } from "#gen/envoy/extensions/filters/http/csrf/v3/csrf_pb.js";
import { file_envoy_extensions_filters_http_custom_response_v3_custom_response } from "#gen/envoy/extensions/filters/http/custom_response/v3/custom_response_pb.js";
import { file_envoy_extensions_filters_http_decompressor_v3_decompressor } from "#gen/envoy/extensions/filters/http/decompressor/v3/decompressor_pb.js";
import { file_envoy_extensions_filters_http_dynamic_forward_proxy_v3_dynamic_forward_proxy } from "#gen/envoy/extensions/filters/http/dynamic_forward_proxy/v3/dynamic_forward_proxy_pb.js";
import { file_envoy_extensions_filters_http_ext_authz_v3_ext_authz } from "#gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import { file_envoy_extensions_filters_http_ext_proc_v3_ext_proc } from "#gen/envoy/extensions/filters/http/ext_proc/v3/ext_proc_pb.js";
import { file_envoy_extensions_filters_http_fault_v3_fault } from "#gen/envoy/extensions/filters/http/fault/v3/fault_pb.js";
import { file_envoy_extensions_filters_http_filter_chain_v3_filter_chain } from "#gen/envoy/extensions/filters/http/filter_chain/v3/filter_chain_pb.js";
import { file_envoy_extensions_filters_http_grpc_http1_bridge_v3_config } from "#gen/envoy/extensions/filters/http/grpc_http1_bridge/v3/config_pb.js";
import { file_envoy_extensions_filters_http_grpc_http1_reverse_bridge_v3_config } from "#gen/envoy/extensions/filters/http/grpc_http1_reverse_bridge/v3/config_pb.js";
import { file_envoy_extensions_filters_http_grpc_json_transcoder_v3_transcoder } from "#gen/envoy/extensions/filters/http/grpc_json_transcoder/v3/transcoder_pb.js";
import { file_envoy_extensions_filters_http_grpc_stats_v3_config } from "#gen/envoy/extensions/filters/http/grpc_stats/v3/config_pb.js";
import { file_envoy_extensions_filters_http_grpc_web_v3_grpc_web } from "#gen/envoy/extensions/filters/http/grpc_web/v3/grpc_web_pb.js";
import { file_envoy_extensions_filters_http_gzip_v3_gzip } from "#gen/envoy/extensions/filters/http/gzip/v3/gzip_pb.js";
import { file_envoy_extensions_filters_http_header_mutation_v3_header_mutation } from "#gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js";
import { file_envoy_extensions_filters_http_header_to_metadata_v3_header_to_metadata } from "#gen/envoy/extensions/filters/http/header_to_metadata/v3/header_to_metadata_pb.js";
import { file_envoy_extensions_filters_http_health_check_v3_health_check } from "#gen/envoy/extensions/filters/http/health_check/v3/health_check_pb.js";
import { file_envoy_extensions_filters_http_ip_tagging_v3_ip_tagging } from "#gen/envoy/extensions/filters/http/ip_tagging/v3/ip_tagging_pb.js";
import { file_envoy_extensions_filters_http_jwt_authn_v3_config } from "#gen/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js";
import { file_envoy_extensions_filters_http_local_ratelimit_v3_local_rate_limit } from "#gen/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.js";
import { file_envoy_extensions_filters_http_lua_v3_lua } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import { file_envoy_extensions_filters_http_oauth2_v3_oauth } from "#gen/envoy/extensions/filters/http/oauth2/v3/oauth_pb.js";
import { file_envoy_extensions_filters_http_on_demand_v3_on_demand } from "#gen/envoy/extensions/filters/http/on_demand/v3/on_demand_pb.js";
import { file_envoy_extensions_filters_http_original_src_v3_original_src } from "#gen/envoy/extensions/filters/http/original_src/v3/original_src_pb.js";
import { file_envoy_extensions_filters_http_ratelimit_v3_rate_limit } from "#gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.js";
import { file_envoy_extensions_filters_http_rbac_v3_rbac } from "#gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.js";
import { file_envoy_extensions_filters_http_router_v3_router } from "#gen/envoy/extensions/filters/http/router/v3/router_pb.js";
import { file_envoy_extensions_filters_http_set_filter_state_v3_set_filter_state } from "#gen/envoy/extensions/filters/http/set_filter_state/v3/set_filter_state_pb.js";
import { file_envoy_extensions_filters_http_set_metadata_v3_set_metadata } from "#gen/envoy/extensions/filters/http/set_metadata/v3/set_metadata_pb.js";
import { file_envoy_extensions_filters_http_stateful_session_v3_stateful_session } from "#gen/envoy/extensions/filters/http/stateful_session/v3/stateful_session_pb.js";
import { file_envoy_extensions_filters_http_tap_v3_tap } from "#gen/envoy/extensions/filters/http/tap/v3/tap_pb.js";
import { file_envoy_extensions_filters_http_wasm_v3_wasm } from "#gen/envoy/extensions/filters/http/wasm/v3/wasm_pb.js";
import { file_envoy_extensions_filters_listener_http_inspector_v3_http_inspector } from "#gen/envoy/extensions/filters/listener/http_inspector/v3/http_inspector_pb.js";
import { file_envoy_extensions_filters_listener_original_dst_v3_original_dst } from "#gen/envoy/extensions/filters/listener/original_dst/v3/original_dst_pb.js";
import { file_envoy_extensions_filters_listener_proxy_protocol_v3_proxy_protocol } from "#gen/envoy/extensions/filters/listener/proxy_protocol/v3/proxy_protocol_pb.js";
import { file_envoy_extensions_filters_listener_tls_inspector_v3_tls_inspector } from "#gen/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js";
import { file_envoy_extensions_filters_network_connection_limit_v3_connection_limit } from "#gen/envoy/extensions/filters/network/connection_limit/v3/connection_limit_pb.js";
import { file_envoy_extensions_filters_network_direct_response_v3_config } from "#gen/envoy/extensions/filters/network/direct_response/v3/config_pb.js";
import { file_envoy_extensions_filters_network_ext_authz_v3_ext_authz } from "#gen/envoy/extensions/filters/network/ext_authz/v3/ext_authz_pb.js";
import { file_envoy_extensions_filters_network_http_connection_manager_v3_http_connection_manager } from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { file_envoy_extensions_filters_network_local_ratelimit_v3_local_rate_limit } from "#gen/envoy/extensions/filters/network/local_ratelimit/v3/local_rate_limit_pb.js";
import { file_envoy_extensions_filters_network_rbac_v3_rbac } from "#gen/envoy/extensions/filters/network/rbac/v3/rbac_pb.js";
import { file_envoy_extensions_filters_network_sni_cluster_v3_sni_cluster } from "#gen/envoy/extensions/filters/network/sni_cluster/v3/sni_cluster_pb.js";
import { file_envoy_extensions_filters_network_tcp_proxy_v3_tcp_proxy } from "#gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js";
import { file_envoy_extensions_formatter_metadata_v3_metadata } from "#gen/envoy/extensions/formatter/metadata/v3/metadata_pb.js";
import { file_envoy_extensions_formatter_req_without_query_v3_req_without_query } from "#gen/envoy/extensions/formatter/req_without_query/v3/req_without_query_pb.js";
import { file_envoy_extensions_health_check_event_sinks_file_v3_file } from "#gen/envoy/extensions/health_check/event_sinks/file/v3/file_pb.js";
import { file_envoy_extensions_http_custom_response_local_response_policy_v3_local_response_policy } from "#gen/envoy/extensions/http/custom_response/local_response_policy/v3/local_response_policy_pb.js";
import { file_envoy_extensions_http_custom_response_redirect_policy_v3_redirect_policy } from "#gen/envoy/extensions/http/custom_response/redirect_policy/v3/redirect_policy_pb.js";
import { file_envoy_extensions_http_early_header_mutation_header_mutation_v3_header_mutation } from "#gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js";
import { file_envoy_extensions_http_header_formatters_preserve_case_v3_preserve_case } from "#gen/envoy/extensions/http/header_formatters/preserve_case/v3/preserve_case_pb.js";
import { file_envoy_extensions_http_injected_credentials_generic_v3_generic } from "#gen/envoy/extensions/http/injected_credentials/generic/v3/generic_pb.js";
import { file_envoy_extensions_http_injected_credentials_oauth2_v3_oauth2 } from "#gen/envoy/extensions/http/injected_credentials/oauth2/v3/oauth2_pb.js";
import { file_envoy_extensions_http_original_ip_detection_custom_header_v3_custom_header } from "#gen/envoy/extensions/http/original_ip_detection/custom_header/v3/custom_header_pb.js";
import { file_envoy_extensions_http_original_ip_detection_xff_v3_xff } from "#gen/envoy/extensions/http/original_ip_detection/xff/v3/xff_pb.js";
import { file_envoy_extensions_http_stateful_session_cookie_v3_cookie } from "#gen/envoy/extensions/http/stateful_session/cookie/v3/cookie_pb.js";
import { file_envoy_extensions_http_stateful_session_envelope_v3_envelope } from "#gen/envoy/extensions/http/stateful_session/envelope/v3/envelope_pb.js";
import { file_envoy_extensions_http_stateful_session_header_v3_header } from "#gen/envoy/extensions/http/stateful_session/header/v3/header_pb.js";
import { file_envoy_extensions_internal_redirect_allow_listed_routes_v3_allow_listed_routes_config } from "#gen/envoy/extensions/internal_redirect/allow_listed_routes/v3/allow_listed_routes_config_pb.js";
import { file_envoy_extensions_internal_redirect_previous_routes_v3_previous_routes_config } from "#gen/envoy/extensions/internal_redirect/previous_routes/v3/previous_routes_config_pb.js";
import { file_envoy_extensions_internal_redirect_safe_cross_scheme_v3_safe_cross_scheme_config } from "#gen/envoy/extensions/internal_redirect/safe_cross_scheme/v3/safe_cross_scheme_config_pb.js";
import { file_envoy_extensions_load_balancing_policies_client_side_weighted_round_robin_v3_client_side_weighted_round_robin } from "#gen/envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3/client_side_weighted_round_robin_pb.js";
import { file_envoy_extensions_load_balancing_policies_cluster_provided_v3_cluster_provided } from "#gen/envoy/extensions/load_balancing_policies/cluster_provided/v3/cluster_provided_pb.js";
import { file_envoy_extensions_load_balancing_policies_least_request_v3_least_request } from "#gen/envoy/extensions/load_balancing_policies/least_request/v3/least_request_pb.js";
import { file_envoy_extensions_load_balancing_policies_maglev_v3_maglev } from "#gen/envoy/extensions/load_balancing_policies/maglev/v3/maglev_pb.js";
import { file_envoy_extensions_load_balancing_policies_override_host_v3_override_host } from "#gen/envoy/extensions/load_balancing_policies/override_host/v3/override_host_pb.js";
import { file_envoy_extensions_load_balancing_policies_pick_first_v3_pick_first } from "#gen/envoy/extensions/load_balancing_policies/pick_first/v3/pick_first_pb.js";
import { file_envoy_extensions_load_balancing_policies_random_v3_random } from "#gen/envoy/extensions/load_balancing_policies/random/v3/random_pb.js";
import { file_envoy_extensions_load_balancing_policies_ring_hash_v3_ring_hash } from "#gen/envoy/extensions/load_balancing_policies/ring_hash/v3/ring_hash_pb.js";
import { file_envoy_extensions_load_balancing_policies_round_robin_v3_round_robin } from "#gen/envoy/extensions/load_balancing_policies/round_robin/v3/round_robin_pb.js";
import { file_envoy_extensions_load_balancing_policies_subset_v3_subset } from "#gen/envoy/extensions/load_balancing_policies/subset/v3/subset_pb.js";
import { file_envoy_extensions_load_balancing_policies_wrr_locality_v3_wrr_locality } from "#gen/envoy/extensions/load_balancing_policies/wrr_locality/v3/wrr_locality_pb.js";
import { file_envoy_extensions_matching_common_inputs_network_v3_network_inputs } from "#gen/envoy/extensions/matching/common_inputs/network/v3/network_inputs_pb.js";
import { file_envoy_extensions_matching_common_inputs_ssl_v3_ssl_inputs } from "#gen/envoy/extensions/matching/common_inputs/ssl/v3/ssl_inputs_pb.js";
import { file_envoy_extensions_matching_input_matchers_ip_v3_ip } from "#gen/envoy/extensions/matching/input_matchers/ip/v3/ip_pb.js";
import { file_envoy_extensions_network_dns_resolver_cares_v3_cares_dns_resolver } from "#gen/envoy/extensions/network/dns_resolver/cares/v3/cares_dns_resolver_pb.js";
import { file_envoy_extensions_network_dns_resolver_getaddrinfo_v3_getaddrinfo_dns_resolver } from "#gen/envoy/extensions/network/dns_resolver/getaddrinfo/v3/getaddrinfo_dns_resolver_pb.js";
import { file_envoy_extensions_path_match_uri_template_v3_uri_template_match } from "#gen/envoy/extensions/path/match/uri_template/v3/uri_template_match_pb.js";
import { file_envoy_extensions_path_rewrite_uri_template_v3_uri_template_rewrite } from "#gen/envoy/extensions/path/rewrite/uri_template/v3/uri_template_rewrite_pb.js";
import { file_envoy_extensions_request_id_uuid_v3_uuid } from "#gen/envoy/extensions/request_id/uuid/v3/uuid_pb.js";
import { file_envoy_extensions_resource_monitors_cgroup_memory_v3_cgroup_memory } from "#gen/envoy/extensions/resource_monitors/cgroup_memory/v3/cgroup_memory_pb.js";
import { file_envoy_extensions_resource_monitors_cpu_utilization_v3_cpu_utilization } from "#gen/envoy/extensions/resource_monitors/cpu_utilization/v3/cpu_utilization_pb.js";
import { file_envoy_extensions_resource_monitors_downstream_connections_v3_downstream_connections } from "#gen/envoy/extensions/resource_monitors/downstream_connections/v3/downstream_connections_pb.js";
import { file_envoy_extensions_resource_monitors_fixed_heap_v3_fixed_heap } from "#gen/envoy/extensions/resource_monitors/fixed_heap/v3/fixed_heap_pb.js";
import { file_envoy_extensions_retry_host_omit_canary_hosts_v3_omit_canary_hosts } from "#gen/envoy/extensions/retry/host/omit_canary_hosts/v3/omit_canary_hosts_pb.js";
import { file_envoy_extensions_retry_host_omit_host_metadata_v3_omit_host_metadata_config } from "#gen/envoy/extensions/retry/host/omit_host_metadata/v3/omit_host_metadata_config_pb.js";
import { file_envoy_extensions_retry_host_previous_hosts_v3_previous_hosts } from "#gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js";
import { file_envoy_extensions_retry_priority_previous_priorities_v3_previous_priorities_config } from "#gen/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.js";
import { file_envoy_extensions_tracers_opentelemetry_resource_detectors_v3_environment_resource_detector } from "#gen/envoy/extensions/tracers/opentelemetry/resource_detectors/v3/environment_resource_detector_pb.js";
import { file_envoy_extensions_tracers_opentelemetry_samplers_v3_always_on_sampler } from "#gen/envoy/extensions/tracers/opentelemetry/samplers/v3/always_on_sampler_pb.js";
import { file_envoy_extensions_tracers_opentelemetry_samplers_v3_trace_id_ratio_based_sampler } from "#gen/envoy/extensions/tracers/opentelemetry/samplers/v3/trace_id_ratio_based_sampler_pb.js";
import { file_envoy_extensions_transport_sockets_proxy_protocol_v3_upstream_proxy_protocol } from "#gen/envoy/extensions/transport_sockets/proxy_protocol/v3/upstream_proxy_protocol_pb.js";
import { file_envoy_extensions_transport_sockets_quic_v3_quic_transport } from "#gen/envoy/extensions/transport_sockets/quic/v3/quic_transport_pb.js";
import { file_envoy_extensions_transport_sockets_raw_buffer_v3_raw_buffer } from "#gen/envoy/extensions/transport_sockets/raw_buffer/v3/raw_buffer_pb.js";
import { file_envoy_extensions_transport_sockets_starttls_v3_starttls } from "#gen/envoy/extensions/transport_sockets/starttls/v3/starttls_pb.js";
import { file_envoy_extensions_transport_sockets_tap_v3_tap } from "#gen/envoy/extensions/transport_sockets/tap/v3/tap_pb.js";
import { file_envoy_extensions_transport_sockets_tls_cert_mappers_sni_v3_config } from "#gen/envoy/extensions/transport_sockets/tls/cert_mappers/sni/v3/config_pb.js";
import { file_envoy_extensions_transport_sockets_tls_cert_selectors_on_demand_secret_v3_config } from "#gen/envoy/extensions/transport_sockets/tls/cert_selectors/on_demand_secret/v3/config_pb.js";
import { file_envoy_extensions_transport_sockets_tls_v3_secret } from "#gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.js";
import { file_envoy_extensions_transport_sockets_tls_v3_tls } from "#gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";
import { file_envoy_extensions_upstreams_http_v3_http_protocol_options } from "#gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js";
import { file_envoy_service_discovery_v3_discovery } from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { file_envoy_service_runtime_v3_rtds } from "#gen/envoy/service/runtime/v3/rtds_pb.js";
import { file_envoy_type_matcher_v3_http_inputs } from "#gen/envoy/type/matcher/v3/http_inputs_pb.js";
import { file_envoy_type_matcher_v3_status_code_input } from "#gen/envoy/type/matcher/v3/status_code_input_pb.js";
import { file_udpa_type_v1_typed_struct } from "#gen/udpa/type/v1/typed_struct_pb.js";
import { file_xds_type_matcher_v3_cel } from "#gen/xds/type/matcher/v3/cel_pb.js";
import { file_xds_type_matcher_v3_http_inputs } from "#gen/xds/type/matcher/v3/http_inputs_pb.js";
import { file_xds_type_matcher_v3_matcher } from "#gen/xds/type/matcher/v3/matcher_pb.js";
import { file_xds_type_v3_typed_struct } from "#gen/xds/type/v3/typed_struct_pb.js";

/** Every message that may stand in a resource, an access log, a bootstrap or an Any inside them. */
export const envoyRegistry: Registry = createRegistry(
  // The resources themselves, and discovery.
  file_envoy_config_bootstrap_v3_bootstrap,
  file_envoy_config_listener_v3_listener,
  file_envoy_config_listener_v3_quic_config,
  file_envoy_config_route_v3_route,
  file_envoy_config_route_v3_route_components,
  file_envoy_config_route_v3_scoped_route,
  file_envoy_config_cluster_v3_cluster,
  file_envoy_config_endpoint_v3_endpoint,
  file_envoy_extensions_transport_sockets_tls_v3_secret,
  file_envoy_config_core_v3_extension,
  file_envoy_service_discovery_v3_discovery,
  file_envoy_service_runtime_v3_rtds,
  // Listener filters.
  file_envoy_extensions_filters_listener_http_inspector_v3_http_inspector,
  file_envoy_extensions_filters_listener_original_dst_v3_original_dst,
  file_envoy_extensions_filters_listener_proxy_protocol_v3_proxy_protocol,
  file_envoy_extensions_filters_listener_tls_inspector_v3_tls_inspector,
  // Network filters.
  file_envoy_extensions_filters_network_connection_limit_v3_connection_limit,
  file_envoy_extensions_filters_network_direct_response_v3_config,
  file_envoy_extensions_filters_network_ext_authz_v3_ext_authz,
  file_envoy_extensions_filters_network_http_connection_manager_v3_http_connection_manager,
  file_envoy_extensions_filters_network_local_ratelimit_v3_local_rate_limit,
  file_envoy_extensions_filters_network_rbac_v3_rbac,
  file_envoy_extensions_filters_network_sni_cluster_v3_sni_cluster,
  file_envoy_extensions_filters_network_tcp_proxy_v3_tcp_proxy,
  // HTTP filters.
  file_envoy_extensions_filters_http_adaptive_concurrency_v3_adaptive_concurrency,
  file_envoy_extensions_filters_http_admission_control_v3_admission_control,
  file_envoy_extensions_filters_http_api_key_auth_v3_api_key_auth,
  file_envoy_extensions_filters_http_bandwidth_limit_v3_bandwidth_limit,
  file_envoy_extensions_filters_http_basic_auth_v3_basic_auth,
  file_envoy_extensions_filters_http_buffer_v3_buffer,
  file_envoy_extensions_filters_http_composite_v3_composite,
  file_envoy_extensions_filters_http_compressor_v3_compressor,
  file_envoy_extensions_filters_http_cors_v3_cors,
  file_envoy_extensions_filters_http_credential_injector_v3_credential_injector,
  file_envoy_extensions_filters_http_csrf_v3_csrf,
  file_envoy_extensions_filters_http_custom_response_v3_custom_response,
  file_envoy_extensions_filters_http_decompressor_v3_decompressor,
  file_envoy_extensions_filters_http_dynamic_forward_proxy_v3_dynamic_forward_proxy,
  file_envoy_extensions_filters_http_ext_authz_v3_ext_authz,
  file_envoy_extensions_filters_http_ext_proc_v3_ext_proc,
  file_envoy_extensions_filters_http_fault_v3_fault,
  file_envoy_extensions_filters_http_filter_chain_v3_filter_chain,
  file_envoy_extensions_filters_http_grpc_http1_bridge_v3_config,
  file_envoy_extensions_filters_http_grpc_http1_reverse_bridge_v3_config,
  file_envoy_extensions_filters_http_grpc_json_transcoder_v3_transcoder,
  file_envoy_extensions_filters_http_grpc_stats_v3_config,
  file_envoy_extensions_filters_http_grpc_web_v3_grpc_web,
  file_envoy_extensions_filters_http_gzip_v3_gzip,
  file_envoy_extensions_filters_http_header_mutation_v3_header_mutation,
  file_envoy_extensions_filters_http_header_to_metadata_v3_header_to_metadata,
  file_envoy_extensions_filters_http_health_check_v3_health_check,
  file_envoy_extensions_filters_http_ip_tagging_v3_ip_tagging,
  file_envoy_extensions_filters_http_jwt_authn_v3_config,
  file_envoy_extensions_filters_http_local_ratelimit_v3_local_rate_limit,
  file_envoy_extensions_filters_http_lua_v3_lua,
  file_envoy_extensions_filters_http_oauth2_v3_oauth,
  file_envoy_extensions_filters_http_on_demand_v3_on_demand,
  file_envoy_extensions_filters_http_original_src_v3_original_src,
  file_envoy_extensions_filters_http_ratelimit_v3_rate_limit,
  file_envoy_extensions_filters_http_rbac_v3_rbac,
  file_envoy_extensions_filters_http_router_v3_router,
  file_envoy_extensions_filters_http_set_filter_state_v3_set_filter_state,
  file_envoy_extensions_filters_http_set_metadata_v3_set_metadata,
  file_envoy_extensions_filters_http_stateful_session_v3_stateful_session,
  file_envoy_extensions_filters_http_tap_v3_tap,
  file_envoy_extensions_filters_http_wasm_v3_wasm,
  // What HTTP filters and the connection manager are made of.
  file_envoy_extensions_filters_common_matcher_action_v3_skip_action,
  file_envoy_extensions_common_matching_v3_extension_matcher,
  file_envoy_extensions_compression_brotli_compressor_v3_brotli,
  file_envoy_extensions_compression_brotli_decompressor_v3_brotli,
  file_envoy_extensions_compression_gzip_compressor_v3_gzip,
  file_envoy_extensions_compression_gzip_decompressor_v3_gzip,
  file_envoy_extensions_compression_zstd_compressor_v3_zstd,
  file_envoy_extensions_compression_zstd_decompressor_v3_zstd,
  file_envoy_extensions_http_custom_response_local_response_policy_v3_local_response_policy,
  file_envoy_extensions_http_custom_response_redirect_policy_v3_redirect_policy,
  file_envoy_extensions_http_early_header_mutation_header_mutation_v3_header_mutation,
  file_envoy_extensions_http_header_formatters_preserve_case_v3_preserve_case,
  file_envoy_extensions_http_injected_credentials_generic_v3_generic,
  file_envoy_extensions_http_injected_credentials_oauth2_v3_oauth2,
  file_envoy_extensions_http_original_ip_detection_custom_header_v3_custom_header,
  file_envoy_extensions_http_original_ip_detection_xff_v3_xff,
  file_envoy_extensions_http_stateful_session_cookie_v3_cookie,
  file_envoy_extensions_http_stateful_session_envelope_v3_envelope,
  file_envoy_extensions_http_stateful_session_header_v3_header,
  file_envoy_extensions_request_id_uuid_v3_uuid,
  file_envoy_extensions_formatter_metadata_v3_metadata,
  file_envoy_extensions_formatter_req_without_query_v3_req_without_query,
  file_envoy_extensions_matching_common_inputs_network_v3_network_inputs,
  file_envoy_extensions_matching_common_inputs_ssl_v3_ssl_inputs,
  file_envoy_extensions_matching_input_matchers_ip_v3_ip,
  file_envoy_type_matcher_v3_http_inputs,
  file_envoy_type_matcher_v3_status_code_input,
  file_xds_type_matcher_v3_cel,
  file_xds_type_matcher_v3_http_inputs,
  file_xds_type_matcher_v3_matcher,
  file_xds_type_v3_typed_struct,
  file_udpa_type_v1_typed_struct,
  // Routes.
  file_envoy_extensions_path_match_uri_template_v3_uri_template_match,
  file_envoy_extensions_path_rewrite_uri_template_v3_uri_template_rewrite,
  file_envoy_extensions_internal_redirect_allow_listed_routes_v3_allow_listed_routes_config,
  file_envoy_extensions_internal_redirect_previous_routes_v3_previous_routes_config,
  file_envoy_extensions_internal_redirect_safe_cross_scheme_v3_safe_cross_scheme_config,
  file_envoy_extensions_retry_host_omit_canary_hosts_v3_omit_canary_hosts,
  file_envoy_extensions_retry_host_omit_host_metadata_v3_omit_host_metadata_config,
  file_envoy_extensions_retry_host_previous_hosts_v3_previous_hosts,
  file_envoy_extensions_retry_priority_previous_priorities_v3_previous_priorities_config,
  // Transport sockets and certificates.
  file_envoy_extensions_transport_sockets_proxy_protocol_v3_upstream_proxy_protocol,
  file_envoy_extensions_transport_sockets_quic_v3_quic_transport,
  file_envoy_extensions_transport_sockets_raw_buffer_v3_raw_buffer,
  file_envoy_extensions_transport_sockets_starttls_v3_starttls,
  file_envoy_extensions_transport_sockets_tap_v3_tap,
  file_envoy_extensions_transport_sockets_tls_v3_tls,
  file_envoy_extensions_transport_sockets_tls_cert_selectors_on_demand_secret_v3_config,
  file_envoy_extensions_transport_sockets_tls_cert_mappers_sni_v3_config,
  // Upstreams.
  file_envoy_extensions_upstreams_http_v3_http_protocol_options,
  file_envoy_extensions_clusters_aggregate_v3_cluster,
  file_envoy_extensions_clusters_dns_v3_dns_cluster,
  file_envoy_extensions_clusters_dynamic_forward_proxy_v3_cluster,
  file_envoy_extensions_load_balancing_policies_client_side_weighted_round_robin_v3_client_side_weighted_round_robin,
  file_envoy_extensions_load_balancing_policies_cluster_provided_v3_cluster_provided,
  file_envoy_extensions_load_balancing_policies_least_request_v3_least_request,
  file_envoy_extensions_load_balancing_policies_maglev_v3_maglev,
  file_envoy_extensions_load_balancing_policies_override_host_v3_override_host,
  file_envoy_extensions_load_balancing_policies_pick_first_v3_pick_first,
  file_envoy_extensions_load_balancing_policies_random_v3_random,
  file_envoy_extensions_load_balancing_policies_ring_hash_v3_ring_hash,
  file_envoy_extensions_load_balancing_policies_round_robin_v3_round_robin,
  file_envoy_extensions_load_balancing_policies_subset_v3_subset,
  file_envoy_extensions_load_balancing_policies_wrr_locality_v3_wrr_locality,
  file_envoy_extensions_health_check_event_sinks_file_v3_file,
  file_envoy_extensions_network_dns_resolver_cares_v3_cares_dns_resolver,
  file_envoy_extensions_network_dns_resolver_getaddrinfo_v3_getaddrinfo_dns_resolver,
  // Logs, traces, statistics.
  file_envoy_extensions_access_loggers_file_v3_file,
  file_envoy_extensions_access_loggers_filters_cel_v3_cel,
  file_envoy_extensions_access_loggers_grpc_v3_als,
  file_envoy_extensions_access_loggers_open_telemetry_v3_logs_service,
  file_envoy_extensions_access_loggers_stream_v3_stream,
  file_envoy_config_trace_v3_datadog,
  file_envoy_config_trace_v3_lightstep,
  file_envoy_config_trace_v3_opentelemetry,
  file_envoy_config_trace_v3_zipkin,
  file_envoy_extensions_tracers_opentelemetry_resource_detectors_v3_environment_resource_detector,
  file_envoy_extensions_tracers_opentelemetry_samplers_v3_always_on_sampler,
  file_envoy_extensions_tracers_opentelemetry_samplers_v3_trace_id_ratio_based_sampler,
  file_envoy_config_metrics_v3_stats,
  // The process.
  file_envoy_config_overload_v3_overload,
  file_envoy_extensions_resource_monitors_cgroup_memory_v3_cgroup_memory,
  file_envoy_extensions_resource_monitors_cpu_utilization_v3_cpu_utilization,
  file_envoy_extensions_resource_monitors_downstream_connections_v3_downstream_connections,
  file_envoy_extensions_resource_monitors_fixed_heap_v3_fixed_heap,
  // What the admin port answers with.
  file_envoy_admin_v3_config_dump,
  file_envoy_admin_v3_clusters,
  file_envoy_admin_v3_server_info,
  // Google's own, which appear inside Any too.
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
);
