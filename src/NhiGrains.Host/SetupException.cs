namespace NhiGrains.Host;

/// <summary>The process cannot start as it is set up; the message is one line for whoever started it, and says what to do.</summary>
internal sealed class SetupException(string message) : Exception(message);
