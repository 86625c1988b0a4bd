namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>The services of Google that the connector calls, and how a list is read to its end.</summary>
internal sealed class GoogleServices(GoogleClient client) : IDisposable
{
    private const int MaxPages = 10_000;

    public IamService Iam { get; } = new(client);

    public CloudResourceManagerService ResourceManager { get; } = new(client);

    public StorageService Storage { get; } = new(client);

    public PubsubService Pubsub { get; } = new(client);

    public SecretManagerService SecretManager { get; } = new(client);

    public CloudRunService Run { get; } = new(client);

    public IAMCredentialsService Credentials { get; } = new(client);

    public PolicyTroubleshooterService Troubleshooter { get; } = new(client);

    /// <summary>Waits until a call may be made, for a write that is put together only then.</summary>
    public ValueTask TurnAsync(CancellationToken cancellation) => client.TurnAsync(cancellation);

    /// <summary>Every page, or an exception: a page may be empty and still have a next one.</summary>
    public static async Task<IReadOnlyList<T>> ListAsync<TPage, T>(Func<string?, GoogleRequest<TPage>> call, string doing, CancellationToken cancellation)
        where TPage : class, IPage<T>
    {
        var (all, seen) = (new List<T>(), new HashSet<string>(StringComparer.Ordinal));
        for (string? token = null; ;)
        {
            var page = await call(token).SendAsync(doing, cancellation);
            all.AddRange(page.Items ?? []);
            GoogleClient.Sweep.Value?.ReadPage();
            token = page.NextPageToken;
            if (string.IsNullOrEmpty(token))
                return all;
            if (!seen.Add(token) || seen.Count > MaxPages)
                throw ApiFailures.Unavailable(doing, "the list has no end");
        }
    }

    public void Dispose()
    {
        GoogleService[] all = [Iam, ResourceManager, Storage, Pubsub, SecretManager, Run, Credentials, Troubleshooter];
        foreach (var one in all)
            one.Dispose();
    }
}
