// Values of the chart cockroachdb-network, laid over its own. Made from its values.schema.json by `npm run golden`.

export interface CockroachdbNetworkValues {
  /**
   * Number of nodes of the database on this cluster; each gets a Service with an address of its own.
   */
  nodes?: number;
  /**
   * Annotations of each Service, in which clouds are told what load balancer to make.
   */
  annotations?: {
    [k: string]: string;
  };
}
