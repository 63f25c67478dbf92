// Values of the chart cockroachdb, laid over its own. Made from its values.schema.json by `npm run golden`.

export interface CockroachdbValues {
  /**
   * IP addresses or host names under which every other node reaches the nodes of this cluster, 1 to 9. There are as many Pods.
   */
  addresses: string[];
  /**
   * Addresses of nodes on the other clusters; from whichever answers first a node learns of all others.
   */
  join?: string[];
  /**
   * Where the nodes are, from the widest to the narrowest, such as cloud=aws,region=eu-west-1.
   */
  locality: string;
  /**
   * Whether the database is made here: true on exactly one cluster.
   */
  initialise?: boolean;
  /**
   * Secrets with the certificates by which nodes and clients know each other; values.yaml tells how they are made.
   */
  certificates?: {
    /**
     * Name of the Secret with ca.crt, node.crt and node.key, for the nodes.
     */
    nodeSecret?: string;
    /**
     * Name of the Secret with ca.crt, client.root.crt and client.root.key, for the Job that makes the database.
     */
    clientSecret?: string;
  };
  /**
   * The volume of each node. It stays when its Pod or the release is deleted.
   */
  storage?: {
    /**
     * Bytes, such as 20Gi. It cannot be changed later.
     */
    size?: string | number;
    /**
     * Name of the StorageClass. Empty for the cluster's default.
     */
    className?: string;
    /**
     * What makes volumes of that class, for a cluster that does not have it: the class is then made by the release. Empty for none.
     */
    provisioner?: string;
  };
  /**
   * The image of every container: a repository, and a version or a digest.
   */
  image?: {
    /**
     * Where the image is pulled from, without tag and digest.
     */
    repository?: string;
    /**
     * Version of the image, never "latest"; not used when a digest is given.
     */
    tag?: string;
    /**
     * Content of the image, which wins over the tag: "sha256:" and 64 hexadecimal digits, or empty.
     */
    digest?: string;
  };
  /**
   * What one node asks for and what it may use at most.
   */
  resources?: {
    /**
     * What the scheduler sets aside for a Pod.
     */
    requests?: {
      /**
       * Cores, such as 500m or 2.
       */
      cpu?: string | number;
      /**
       * Bytes, such as 2Gi.
       */
      memory?: string | number;
      /**
       * Bytes on the node's disk, logs included, such as 256Mi.
       */
      "ephemeral-storage"?: string | number;
    };
    /**
     * What a Pod may use at most, no less than it requests.
     */
    limits?: {
      /**
       * Cores, such as 500m or 2.
       */
      cpu?: string | number;
      /**
       * Bytes, such as 2Gi.
       */
      memory?: string | number;
      /**
       * Bytes on the node's disk, logs included, such as 256Mi.
       */
      "ephemeral-storage"?: string | number;
    };
  };
}
