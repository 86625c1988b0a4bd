namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>The account that names in entitlements are about.</summary>
internal sealed record Place(string Platform, string Partition, string AccountId)
{
    public static Place Of(AwsPlatformOptions options) => new(options.Platform, options.Partition, options.AccountId);

    public string Arn(string template, string container, string name) => template
        .Replace("{partition}", Partition, StringComparison.Ordinal)
        .Replace("{account}", AccountId, StringComparison.Ordinal)
        .Replace("{container}", container, StringComparison.Ordinal)
        .Replace("{name}", name, StringComparison.Ordinal);
}
