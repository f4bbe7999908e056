/** The label that ties an EndpointSlice to its Service. */
export const serviceNameLabel = 'kubernetes.io/service-name'
/** The label that ties it to a ServiceImport, and the one that says which cluster its endpoints are of (KEP-1645). */
export const importNameLabel = 'multicluster.kubernetes.io/service-name'
export const sourceClusterLabel = 'multicluster.kubernetes.io/source-cluster'
