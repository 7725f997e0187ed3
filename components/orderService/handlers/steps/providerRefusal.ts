/** A call that the provider refused permanently: a wrong key, or a request that it does not understand. */
export class ProviderRefusal extends Error {
  override readonly name = "ProviderRefusal";
}
