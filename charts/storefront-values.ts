// Values of the chart storefront, laid over its own. Made from its values.schema.json by `npm run golden`.

export interface StorefrontValues {
  /**
   * Number of Pods. From 2 on, a PodDisruptionBudget lets drains take one at a time.
   */
  replicas?: number;
  /**
   * What a visitor reads. The Pods are rolled when it changes.
   */
  greeting?: string;
  /**
   * The image of the one container: a repository, and a version or a digest.
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
   * What one Pod asks for and what it may use at most.
   */
  resources?: {
    /**
     * What the scheduler sets aside for a Pod.
     */
    requests?: {
      /**
       * Cores, such as 250m or 2.
       */
      cpu?: string | number;
      /**
       * Bytes, such as 64Mi.
       */
      memory?: string | number;
      /**
       * Bytes on the node's disk, logs included, such as 64Mi.
       */
      "ephemeral-storage"?: string | number;
    };
    /**
     * What a Pod may use at most, no less than it requests.
     */
    limits?: {
      /**
       * Cores, such as 250m or 2.
       */
      cpu?: string | number;
      /**
       * Bytes, such as 64Mi.
       */
      memory?: string | number;
      /**
       * Bytes on the node's disk, logs included, such as 64Mi.
       */
      "ephemeral-storage"?: string | number;
    };
  };
}
